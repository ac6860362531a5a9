"""Orders as imported: a snapshot of what the platform said, never edited by hand. Money in minor units."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q


def number_key() -> Func:
    """An order number as people retype it: upper case, without `#` and leading zeros. An index stands on it.

    `orders.core.number_key` computes the same in Python.
    """
    # A literal, not a parameter: SQLite uses the index only for the very words it was made with.
    return Func(F("number"), template="LTRIM(UPPER(%(expressions)s), '#0')", output_field=models.CharField())


class Order(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey("accounts.Shop", on_delete=models.CASCADE, related_name="orders")
    buyer = models.ForeignKey("buyers.Buyer", on_delete=models.PROTECT, null=True, related_name="orders")
    number = models.CharField(max_length=64)  # text: leading zeros and 18 digits survive
    status = models.CharField(max_length=40, blank=True)  # the platform's own word, kept raw
    currency = models.CharField(max_length=3)
    items_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)  # with tax and postage, what the buyer paid
    placed_at = models.DateTimeField(null=True)  # null: the source does not say, and nobody guesses
    paid_at = models.DateTimeField(null=True)
    ship_by = models.DateTimeField(null=True)
    promised_from = models.DateTimeField(null=True)
    promised_by = models.DateTimeField(null=True)  # the latest estimated delivery the buyer was shown
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    fulfilment = models.CharField(max_length=12, blank=True)  # seller, platform
    programme = models.CharField(max_length=40, blank=True)
    ship_service = models.CharField(max_length=80, blank=True)
    ship_name = models.CharField(max_length=160, blank=True)
    ship_address = models.JSONField(default=dict)
    ship_country = models.CharField(max_length=2, blank=True)
    ship_city = models.CharField(max_length=120, blank=True)
    extra = models.JSONField(default=dict)  # unknown columns, kept raw
    import_run_id = models.BigIntegerField(null=True)
    source_row = models.BigIntegerField(null=True)  # 1-based line of the file the snapshot came from
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "shop", "number"], name="one_order")]
        indexes = [
            models.Index(fields=["organisation", "number"], name="order_number"),
            models.Index(F("organisation"), number_key(), name="order_number_key"),
            models.Index(fields=["organisation", "-placed_at"], name="order_placed"),
            models.Index(fields=["buyer"], name="order_buyer"),
        ]

    def __str__(self) -> str:
        return self.number


class Line(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    external_id = models.CharField(max_length=64)  # the platform's line id, or the line's position
    product_id = models.CharField(max_length=80, blank=True)
    sku = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=500, blank=True)
    variant = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=120, blank=True)
    quantity = models.IntegerField(default=1)
    unit_price_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "external_id"], name="one_line")]
        indexes = [models.Index(fields=["organisation", "sku"], name="line_sku")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title or self.sku}"


class PaymentEvent(models.Model):
    """Money that moved on an order, as the outside said. Append-only; totals are derived from these rows."""

    class Kind(models.TextChoices):
        PAID = "paid"
        REFUNDED = "refunded"
        CHARGED_BACK = "charged_back"
        CHARGEBACK_REVERSED = "chargeback_reversed"

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    external_id = models.CharField(max_length=120)  # makes a repeated import harmless
    method = models.CharField(max_length=40, blank=True)
    amount_minor = models.BigIntegerField()  # always positive; `kind` says which way
    currency = models.CharField(max_length=3)
    at = models.DateTimeField(null=True)
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "kind", "external_id"], name="one_payment_event"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="payment_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency}"


class ReturnRequest(models.Model):
    """A return as the platform reported it: raw codes, raw states. Our own returns (`RMA-…`) live in resolution."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="return_requests")
    external_id = models.CharField(max_length=120)  # the platform's return number
    sku = models.CharField(max_length=120, blank=True)
    product_id = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=500, blank=True)
    quantity = models.IntegerField(null=True)
    reason = models.CharField(max_length=120, blank=True)
    comment = models.TextField(blank=True)
    status = models.CharField(max_length=80, blank=True)
    resolution = models.CharField(max_length=80, blank=True)
    requested_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)  # when the goods came back
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "external_id", "sku"], name="one_return_request"),
        ]
        indexes = [models.Index(fields=["organisation", "-requested_at"], name="return_request_recent")]

    def __str__(self) -> str:
        return f"{self.external_id} {self.status}"
