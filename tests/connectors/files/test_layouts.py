"""One invented file for each built-in layout: detected by content, imported whole, read as meant.

Rows are invented; headings are those of the layouts' sources.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from amends.base.accounts.models import Shop
from amends.connectors.files.reader import READER
from amends.intake.buyers.models import Buyer
from amends.intake.imports.core.layout import Kind, detect, normal
from amends.intake.imports.models import RejectedRow
from amends.intake.orders.models import Line, Order, PaymentEvent, ReturnRequest
from amends.intake.tracking.models import Parcel
from tests.importing import balanced, import_bytes, table

pytestmark = pytest.mark.django_db


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def rejects(run):
    return list(RejectedRow.objects.filter(run=run).values_list("row", "column", "code", "params"))


def done(run, layout, rows):
    assert run.error is None
    assert rejects(run) == []
    assert (run.state, run.layout, run.rows, run.accepted) == ("done", layout, rows, rows)
    assert balanced(run)


def workbook(*rows, title="orders"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


ALL_ORDERS = [
    "amazon-order-id",
    "merchant-order-id",
    "purchase-date",
    "last-updated-date",
    "order-status",
    "fulfillment-channel",
    "sales-channel",
    "order-channel",
    "ship-service-level",
    "product-name",
    "sku",
    "asin",
    "item-status",
    "quantity",
    "currency",
    "item-price",
    "item-tax",
    "shipping-price",
    "shipping-tax",
    "gift-wrap-price",
    "gift-wrap-tax",
    "item-promotion-discount",
    "ship-promotion-discount",
    "ship-city",
    "ship-state",
    "ship-postal-code",
    "ship-country",
    "promotion-ids",
    "cpf",
    "is-business-order",
    "purchase-order-number",
    "price-designation",
]


def all_orders(**cells):
    values = {
        "amazon-order-id": "111-0000001-0000001",
        "purchase-date": "2026-11-02T08:15:00+00:00",
        "last-updated-date": "2026-11-03T10:00:00+00:00",
        "order-status": "Shipped",
        "fulfillment-channel": "Merchant",
        "sales-channel": "Amazon.de",
        "product-name": "Mug set",
        "sku": "MUG-4",
        "asin": "B0TEST0001",
        "quantity": "1",
        "currency": "EUR",
        "item-price": "21.99",
        "item-tax": "3.51",
        "shipping-price": "0.00",
        "ship-city": "Berlin",
        "ship-country": "DE",
        "cpf": "000.000.000-00",
    }
    given = {name.replace("_", "-"): value for name, value in cells.items()}
    return [(values | given).get(name, "") for name in ALL_ORDERS]


def test_amazon_all_orders(scope):
    content = table(
        ALL_ORDERS,
        all_orders(),
        all_orders(sku="CUP-1", asin="B0TEST0002", quantity="3", item_price="10.00", item_tax="1.60"),
        all_orders(
            amazon_order_id="111-0000001-0000002",
            sales_channel="Amazon.com",
            currency="USD",
            item_price="20.00",
            item_tax="1.65",
            item_promotion_discount="-2.00",
            fulfillment_channel="Amazon",
        ),
        all_orders(
            amazon_order_id="111-0000001-0000003", order_status="Cancelled", currency="EUR", quantity="0", item_price=""
        ),
        separator="\t",
    )
    run = import_bytes(scope, content, "orders.txt")
    done(run, "amazon_all_orders", 4)
    german, american = Order.objects.order_by("number")[:2]
    assert (german.shop.site, german.shop.currency, american.shop.site) == ("DE", "EUR", "US")
    assert german.shop.time_zone == "Europe/Berlin"
    # 21.99 + 10.00, the tax is inside the price in Germany; 20.00 − 2.00 + 1.65 in the United States.
    assert (german.total_minor, german.tax_minor, german.extra["total_basis"]) == (31_99, 5_11, "lines")
    assert american.total_minor == 19_65
    assert (german.fulfilment, american.fulfilment) == ("seller", "platform")
    assert german.placed_at == utc(2026, 11, 2, 8, 15)
    assert german.buyer is None
    cup = german.lines.get(sku="CUP-1")
    assert (cup.quantity, cup.unit_price_minor, cup.extra["amount_minor"]) == (3, 3_33, 10_00)
    assert Order.objects.get(number="111-0000001-0000003").total_minor == 0
    # Personal data nobody asked for is not kept.
    assert "000.000.000-00" not in str(list(Order.objects.values())) + str(list(Line.objects.values()))


def test_amazon_orders_and_all_orders_speak_of_the_same_lines(scope):
    first = import_bytes(scope, table(ALL_ORDERS, all_orders(), separator="\t"), "all.txt")
    done(first, "amazon_all_orders", 1)
    headings = [
        "order-id",
        "order-item-id",
        "purchase-date",
        "payments-date",
        "buyer-email",
        "buyer-name",
        "buyer-phone-number",
        "sku",
        "product-name",
        "quantity-purchased",
        "currency",
        "item-price",
        "item-tax",
        "shipping-price",
        "shipping-tax",
        "ship-service-level",
        "recipient-name",
        "ship-address-1",
        "ship-address-2",
        "ship-address-3",
        "ship-city",
        "ship-state",
        "ship-postal-code",
        "ship-country",
        "ship-phone-number",
        "delivery-start-date",
        "delivery-end-date",
        "delivery-time-zone",
        "delivery-Instructions",
        "sales-channel",
    ]
    row = {
        "order-id": "111-0000001-0000001",
        "order-item-id": "00000000000001",
        "purchase-date": "2026-11-02T09:15:00+01:00",
        "payments-date": "2026-11-02T09:16:00+01:00",
        "buyer-email": "Relay123@marketplace.example",
        "buyer-name": "Jane Test",
        "sku": "MUG-4",
        "product-name": "Mug set",
        "quantity-purchased": "1",
        "currency": "EUR",
        "item-price": "21.99",
        "item-tax": "3.51",
        "recipient-name": "Jane Test",
        "ship-address-1": "Teststr. 1",
        "ship-country": "DE",
        "sales-channel": "Amazon.de",
        "delivery-Instructions": "ring twice",
    }
    run = import_bytes(scope, table(headings, [row.get(h, "") for h in headings], separator="\t"), "orders.txt")
    done(run, "amazon_orders", 1)
    order = Order.objects.get()
    assert (order.lines.count(), order.lines.get().external_id) == (1, "00000000000001")
    assert order.lines.get().product_id == "B0TEST0001"  # from the first report
    assert (order.total_minor, order.ship_name, order.status) == (21_99, "Jane Test", "Shipped")
    assert (order.buyer.email, order.extra["delivery-Instructions"]) == ("relay123@marketplace.example", "ring twice")
    assert order.paid_at == utc(2026, 11, 2, 8, 16)


AMAZON_RETURNS = [
    "Order ID",
    "Order date",
    "Return request date",
    "Return request status",
    "Amazon RMA ID",
    "Merchant RMA ID",
    "Label type",
    "Label cost",
    "Currency code",
    "Return carrier",
    "Tracking ID",
    "Label to be paid by",
    "A-to-Z Claim",
    "Is prime",
    "ASIN",
    "Merchant SKU",
    "Item Name",
    "Return quantity",
    "Return Reason",
    "In policy",
    "Return type",
    "Resolution",
    "Invoice number",
    "Return delivery date",
    "Order Amount",
    "Order quantity",
    "SafeT Action reason",
    "SafeT claim id",
    "SafeT claim state",
    "SafeT claim creation time",
    "SafeT claim reimbursement amount",
    "Refunded Amount",
    "Order Item ID",
]


def amazon_return(refunded=""):
    cells = (
        "113-0000002-0000002|10-Nov-2026|14-Nov-2026|Approved|DtestRRMA||AmazonPrePaidLabel|4.14|USD|USPS|"
        "9202000000000000000000|Seller|N|N|B0TEST0002|RING-7|Test ring|1|AMZ-PG-BAD-DESC|Y|C-Returns|StandardRefund|||"
        f"21.38|1||||||{refunded}|"
    )
    return cells.split("|")


def test_amazon_returns(scope):
    run = import_bytes(scope, table(AMAZON_RETURNS, amazon_return(), separator="\t"), "returns.txt")
    done(run, "amazon_returns", 1)
    returned = ReturnRequest.objects.get()
    assert (returned.external_id, returned.reason, returned.status) == ("DtestRRMA", "AMZ-PG-BAD-DESC", "Approved")
    assert returned.requested_at == utc(2026, 11, 14)
    assert returned.extra["Label cost"] == "4.14"
    parcel = Parcel.objects.get()
    assert (parcel.number, parcel.carrier, parcel.is_return) == ("9202000000000000000000", "USPS", True)
    order = returned.order
    assert (order.number, order.total_minor, order.placed_at) == ("113-0000002-0000002", 21_38, utc(2026, 11, 10))
    assert PaymentEvent.objects.count() == 0  # an empty refund is unknown, not zero
    later = import_bytes(scope, table(AMAZON_RETURNS, amazon_return("21.38"), separator="\t"), "returns.txt")
    done(later, "amazon_returns", 1)
    again = import_bytes(scope, table(AMAZON_RETURNS, amazon_return("21.38"), separator="\t"), "returns.txt")
    assert again.unchanged == 1
    refund = PaymentEvent.objects.get()
    assert (refund.kind, refund.amount_minor) == ("refunded", 21_38)


def test_a_return_report_does_not_overrule_the_order(scope, make_order, shop):
    known = make_order(shop("amazon", site="US"), number="113-0000002-0000002", total_minor=99_00)
    run = import_bytes(scope, table(AMAZON_RETURNS, amazon_return(), separator="\t"), "returns.txt")
    done(run, "amazon_returns", 1)
    known.refresh_from_db()
    assert known.total_minor == 99_00
    assert known.return_requests.count() == 1


EBAY = [
    "Sales Record Number",
    "Order Number",
    "Buyer Username",
    "Buyer Name",
    "Buyer Email",
    "Buyer Note",
    "Buyer Address 1",
    "Buyer Address 2",
    "Buyer City",
    "Buyer State",
    "Buyer Zip",
    "Buyer Country",
    "Buyer Tax Identifier Name",
    "Buyer Tax Identifier Value",
    "Ship To Name",
    "Ship To Phone",
    "Ship To Address 1",
    "Ship To Address 2",
    "Ship To City",
    "Ship To State",
    "Ship To Zip",
    "Ship To Country",
    "Item Number",
    "Item Title",
    "Custom Label",
    "Sold Via Promoted Listings",
    "Quantity",
    "Sold For",
    "Shipping And Handling",
    "Total Price",
    "Payment Method",
    "Sale Date",
    "Paid On Date",
    "Ship By Date",
    "Minimum Estimated Delivery Date",
    "Maximum Estimated Delivery Date",
    "Shipped On Date",
    "Feedback Left",
    "Shipping Service",
    "Tracking Number",
    "Transaction ID",
    "Variation Details",
]


def ebay_row(**cells):
    values = {
        "Sales Record Number": "1001",
        "Order Number": "11-00000-00001",
        "Buyer Username": "testbuyer",
        "Buyer Name": "Jane Test",
        "Buyer Country": "GB",
        "Ship To Name": "Jane Test",
        "Ship To Country": "United Kingdom",
        "Item Number": "110000000001",
        "Item Title": "Test mug",
        "Custom Label": "MUG-4",
        "Quantity": "1",
        "Sold For": "£1,009.99",
        "Shipping And Handling": "£2.00",
        "Total Price": "£1,011.99",
        "Sale Date": "Nov-02-26",
        "Paid On Date": "Nov-02-26",
        "Ship By Date": "Nov-05-26",
        "Maximum Estimated Delivery Date": "Nov-12-26",
        "Shipped On Date": "Nov-03-26",
        "Tracking Number": "RM000000000GB",
        "Transaction ID": "1700000000001",
    }
    given = {name.replace("_", " "): value for name, value in cells.items()}
    return [(values | given).get(name, "") for name in EBAY]


def test_ebay_orders_with_a_blank_line_above_and_a_trailer_below(scope, shop):
    shop("ebay", site="UK", currency="GBP", time_zone="Europe/London")
    content = "\r\n" + table(EBAY, ebay_row(), [""] * 20, ["2", "record(s) downloaded"])
    run = import_bytes(scope, content, "eBay-OrdersReport.csv", shop_id=Shop.objects.get().pk)
    done(run, "ebay_orders", 1)
    order = Order.objects.get()
    assert (order.currency, order.total_minor, order.shipping_minor, order.ship_country) == ("GBP", 1011_99, 2_00, "GB")
    assert order.placed_at == utc(2026, 11, 2)
    line = order.lines.get()
    assert (line.external_id, line.product_id, line.unit_price_minor) == (
        "110000000001-1700000000001",
        "110000000001",
        1009_99,
    )
    assert order.payments.get().amount_minor == 1011_99
    assert order.parcels.get().number == "RM000000000GB"
    assert order.buyer.external_id == "testbuyer"


def test_ebay_dollars_are_those_of_the_shop(scope, shop):
    australian = shop("ebay", site="AU", currency="AUD", time_zone="Australia/Sydney")
    row = ebay_row(Sold_For="$10.00", Shipping_And_Handling="$2.00", Total_Price="$12.00")
    run = import_bytes(scope, table(EBAY, row), shop_id=australian.pk)
    done(run, "ebay_orders", 1)
    assert Order.objects.get().currency == "AUD"


ALIEXPRESS = [
    "订单号",
    "订单状态",
    "负责人(业务员)",
    "买家名称",
    "下单时间",
    "付款时间",
    "产品总金额",
    "物流费用",
    "订单金额",
    "满立减",
    "产品信息\n（双击单元格展开所有产品信息！）",
    "订单备注",
    "收货地址",
    "收货人名称",
    "收货国家",
    "州/省",
    "城市",
    "地址",
    "邮编",
    "联系电话",
    "手机",
    "买家选择物流",
    "发货期限",
    "实际发货物流:运单号",
    "发货时间",
    "确认收货时间",
]


def aliexpress_row(
    number="8100000000000001", products="【1】Test mug (产品属性:Color:Red) (商家编码:MUG-4) (产品数量:2 piece)"
):
    return [
        number,
        "等待买家收货",
        "",
        "Joao Test",
        "2026-11-02 09:15",
        "2026-11-02 09:20",
        "$ 20.34",
        "$ 2.00",
        "$ 21.34",
        "$ 1.00",
        products,
        "",
        "Rua Teste 1, São Paulo",
        "Joao Test",
        "Brazil",
        "SP",
        "São Paulo",
        "Rua Teste 1",
        "01000-000",
        "",
        "+55 11 90000-0000",
        "AliExpress Standard Shipping",
        "",
        "AliExpress Standard Shipping:LP00000000000001\nCainiao:Heavy:LP00000000000002",
        "2026-11-04 10:00",
        "",
    ]


@pytest.mark.parametrize("form", ["xlsx", "csv", "xls"])
def test_aliexpress_orders(scope, form):
    rows = [aliexpress_row(), aliexpress_row("8100000000000003", "First thing\nSecond thing")]
    content = {
        "xlsx": lambda: workbook(ALIEXPRESS, *rows),
        "csv": lambda: table(ALIEXPRESS, *rows).encode("gb18030"),
        "xls": (Path(__file__).parent / "fixtures" / "aliexpress.xls").read_bytes,  # the same rows, in the old format
    }[form]()
    run = import_bytes(scope, content, f"orders.{form}")
    done(run, "aliexpress_orders", 2)
    order = Order.objects.get(number="8100000000000001")
    assert (order.currency, order.items_minor, order.shipping_minor, order.discount_minor, order.total_minor) == (
        "USD",
        20_34,
        2_00,
        1_00,
        21_34,
    )
    assert order.placed_at == utc(2026, 11, 2, 17, 15)  # the platform's own time is US Pacific
    assert (order.ship_country, order.status) == ("BR", "等待买家收货")
    line = order.lines.get()
    assert (line.title, line.sku, line.variant, line.quantity) == ("Test mug", "MUG-4", "Color:Red", 2)
    assert [(p.carrier, p.number) for p in order.parcels.order_by("number")] == [
        ("AliExpress Standard Shipping", "LP00000000000001"),
        ("Cainiao:Heavy", "LP00000000000002"),
    ]
    assert [x.title for x in Order.objects.get(number="8100000000000003").lines.order_by("pk")] == [
        "First thing",
        "Second thing",
    ]
    # Two people may share a name; a buyer known by name alone belongs to one order.
    assert Buyer.objects.count() == 2


SHOPIFY = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Fulfillment Status",
    "Fulfilled at",
    "Accepts Marketing",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Discount Amount",
    "Shipping Method",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem compare at price",
    "Lineitem sku",
    "Lineitem requires shipping",
    "Lineitem taxable",
    "Lineitem fulfillment status",
    "Billing Name",
    "Shipping Name",
    "Shipping Zip",
    "Shipping Country",
    "Notes",
    "Cancelled at",
    "Payment Method",
    "Payment Reference",
    "Refunded Amount",
    "Vendor",
    "Id",
    "Tags",
    "Risk Level",
    "Source",
    "Lineitem discount",
]


def shopify_row(**cells):
    given = {name.replace("_", " "): value for name, value in cells.items()}
    return [given.get(name, "") for name in SHOPIFY]


def shopify_first(**cells):
    values = {
        "Name": "#1001",
        "Email": "Jane@Example.com",
        "Financial_Status": "paid",
        "Paid_at": "2026-11-02 09:15:00 +0800",
        "Currency": "USD",
        "Subtotal": "55.00",
        "Shipping": "5.00",
        "Taxes": "4.50",
        "Total": "64.50",
        "Created_at": "2026-11-02 09:14:00 +0800",
        "Lineitem_quantity": "1",
        "Lineitem_name": "Mug - Blue",
        "Lineitem_price": "45.00",
        "Lineitem_sku": "MUG-4",
        "Shipping_Country": "US",
        "Shipping_Zip": "'01234",
        "Refunded_Amount": "0.00",
        "Tags": "vip",
    }
    return shopify_row(**(values | cells))


def test_shopify_order_cells_stand_on_the_first_line_only(scope):
    spoon = shopify_row(Name="#1001", Lineitem_quantity="1", Lineitem_name="Spoon", Lineitem_price="5.00")
    run = import_bytes(scope, table(SHOPIFY, shopify_first(), spoon, spoon), "orders_export.csv")
    done(run, "shopify_orders", 3)
    order = Order.objects.get()
    assert (order.total_minor, order.items_minor, order.ship_address["postal_code"]) == (64_50, 55_00, "01234")
    # Two equal continuation lines are two lines: the sum of the order needs both.
    assert [(x.title, x.unit_price_minor) for x in order.lines.order_by("pk")] == [
        ("Mug - Blue", 45_00),
        ("Spoon", 5_00),
        ("Spoon", 5_00),
    ]
    assert order.extra["Tags"] == "vip"
    assert (order.buyer.external_id, order.payments.get().amount_minor) == ("jane@example.com", 64_50)
    assert order.placed_at == utc(2026, 11, 2, 1, 14)


def test_shopify_refunds_grow_by_their_difference(scope):
    for amount, expected in (("0.00", []), ("5.00", [5_00]), ("12.00", [5_00, 7_00]), ("12.00", [5_00, 7_00])):
        import_bytes(scope, table(SHOPIFY, shopify_first(Refunded_Amount=amount)), "orders_export.csv")
        booked = PaymentEvent.objects.filter(kind="refunded").order_by("pk")
        assert [event.amount_minor for event in booked] == expected


SHOPEE_TW = [
    "訂單編號",
    "訂單狀態",
    "不成立原因",
    "退貨 / 退款狀態",
    "買家帳號",
    "訂單成立日期",
    "商品總價",
    "買家支付運費",
    "買家總支付金額",
    "商品名稱",
    "商品選項名稱",
    "商品原價",
    "商品活動價格",
    "主商品貨號",
    "商品選項貨號",
    "數量",
    "退貨數量",
    "收件地址",
    "收件者電話 (註:蝦皮店到店不顯示)",
    "城市",
    "行政區",
    "郵遞區號",
    "收件者姓名",
    "寄送方式",
    "付款方式",
    "最晚出貨日期",
    "包裹查詢號碼",
    "買家付款時間",
    "實際出貨時間",
    "訂單完成時間",
    "買家備註",
    "備註",
]


def shopee_tw_row(**cells):
    values = {
        "訂單編號": "261105TEST0001",
        "訂單狀態": "已完成",
        "買家帳號": "test_buyer",
        "訂單成立日期": "2026-11-05 10:20",
        "商品總價": "599",
        "買家支付運費": "60",
        "買家總支付金額": "659",
        "商品名稱": "測試杯",
        "商品選項名稱": "藍",
        "商品活動價格": "299.5",
        "商品選項貨號": "MUG-4",
        "數量": "1",
        "退貨數量": "0",
        "買家付款時間": "2026-11-05 10:25",
        "包裹查詢號碼": "tw000000001",
        "收件者電話 (註:蝦皮店到店不顯示)": "0900000000",
    }
    return [(values | cells).get(name, "") for name in SHOPEE_TW]


def test_shopee_taiwan_repeats_order_money_on_each_row(scope):
    second = shopee_tw_row(商品名稱="測試盤", 商品選項貨號="PLATE-1")
    run = import_bytes(scope, workbook(SHOPEE_TW, shopee_tw_row(), second), "Order.all.xlsx")
    done(run, "shopee_orders_tw", 2)
    order = Order.objects.get()
    assert (order.currency, order.total_minor, order.items_minor) == ("TWD", 659_00, 599_00)
    assert order.placed_at == utc(2026, 11, 5, 2, 20)
    assert (order.lines.count(), order.payments.get().amount_minor) == (2, 659_00)
    assert order.ship_address["phone"] == "0900000000"
    assert (order.shop.site, order.shop.time_zone) == ("TW", "Asia/Taipei")
    assert order.parcels.get().number == "TW000000001"


def test_shopee_philippines(scope):
    headings = [
        "Order ID",
        "Order Status",
        "Tracking Number*",
        "Shipping Option",
        "Order Creation Date",
        "Order Paid Time",
        "Order Complete Time",
        "Username (Buyer)",
        "Receiver Name",
        "Phone Number",
        "Delivery Address",
        "Town",
        "City",
        "Province",
        "Zip Code",
        "Product Name",
        "SKU Reference No.",
        "Variation Name",
        "Original Price",
        "Deal Price",
        "Quantity",
        "Total Buyer Payment",
        "Grand Total",
        "Buyer Paid Shipping Fee",
        "Remark from buyer",
    ]
    row = ["261105TEST01\t", "To Receive", "PH00000001", "J&T", "2026-11-05 10:20", "2026-11-05 10:25", "", "buyer1",
           "Maria Test", "", "1 Test St", "", "Manila", "", "1000", "Mug", "MUG-4", "Blue", "₱1,349.00", "₱1,299.00",
           "1", "₱1,334.50", "₱1,334.50", "₱35.50", "please hurry"]  # fmt: skip
    run = import_bytes(scope, table(headings, row), "shopee.csv")
    done(run, "shopee_orders_ph", 1)
    order = Order.objects.get()
    assert (order.number, order.currency, order.total_minor) == ("261105TEST01", "PHP", 1334_50)
    assert (order.lines.get().unit_price_minor, order.extra["Remark from buyer"]) == (1299_00, "please hurry")


def test_shopee_thailand_knows_no_prices(scope):
    headings = [
        "หมายเลขคำสั่งซื้อ",
        "*หมายเลขติดตามพัสดุ",
        "ชื่อผู้รับ",
        "ชื่อผู้ใช้ (ผู้ซื้อ)",
        "เลขอ้างอิง SKU",
        "ชื่อสินค้า",
        "ชื่อตัวเลือก",
        "จำนวน",
        "วันที่ทำการสั่งซื้อ",
        "จังหวัด",
        "รหัสไปรษณีย์",
    ]
    row = [
        "261105TEST02",
        "TH00000001",
        "Test",
        "buyer2",
        "MUG-4",
        "แก้ว",
        "",
        "2",
        "2026-11-05 10:20",
        "Bangkok",
        "10110",
    ]
    run = import_bytes(scope, table(headings, row), "shopee.csv")
    done(run, "shopee_orders_th", 1)
    order = Order.objects.get()
    assert (order.currency, order.lines.get().quantity, order.placed_at) == ("THB", 2, utc(2026, 11, 5, 3, 20))


def test_every_layout_is_found_by_its_own_headings():
    """No two layouts claim each other's files."""
    known = READER.layouts()
    for layout in known.values():
        headings = [name.removesuffix("*") for names in layout.columns.values() for name in names]
        headings += [h for h in layout.tell_tale if normal(h) not in {normal(x) for x in headings}]
        if layout.kind is Kind.LOOKUP:
            headings = list(layout.tell_tale)
        assert detect(known.values(), headings) is layout


def test_every_layout_says_where_it_is_known_from():
    for layout in READER.layouts().values():
        assert layout.source
        assert layout.proof in "ABCMO"
        assert layout.unproven == (layout.proof in "CM")
