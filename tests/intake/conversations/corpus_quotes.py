"""What mail programs put below an answer, in nine languages. Written for these tests after the programs' habits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """`mail` is the plain text as sent; `text` what the buyer wrote now."""

    language: str
    program: str
    mail: str
    text: str


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "en",
        "gmail",
        "It is still not here.\n\nOn Thu, Nov 19, 2026 at 9:14 AM Acme Shop <help@acme.example> wrote:\n\n> Dear Ann,\n> it left on Monday.\n",
        "It is still not here.",
    ),
    Sample(
        "en",
        "gmail wrapped over two lines",
        "Yes please refund.\n\nOn Thu, Nov 19, 2026 at 9:14 AM Acme Shop\n<help@acme.example> wrote:\n> Shall we refund?\n",
        "Yes please refund.",
    ),
    Sample(
        "en",
        "outlook",
        "No parcel.\n\nSent from my iPhone\n________________________________\nFrom: Acme <help@acme.example>\nSent: Thursday, November 19, 2026 9:14 AM\nTo: Ann\nSubject: Order 1001\n\nDear Ann",
        "No parcel.",
    ),
    Sample("en", "signature dashes", "Broken mug.\n\n-- \nAnn Smith\nLeeds", "Broken mug."),
    Sample(
        "es",
        "gmail",
        "Todavía no ha llegado.\n\nEl jue, 19 nov 2026 a las 9:14, Acme (<help@acme.example>) escribió:\n\n> Estimada Ana\n",
        "Todavía no ha llegado.",
    ),
    Sample(
        "es",
        "outlook",
        "Quiero la devolución.\n\nDe: Acme <help@acme.example>\nEnviado: jueves, 19 de noviembre de 2026 9:14\nPara: Ana\nAsunto: Pedido\n\nEstimada Ana",
        "Quiero la devolución.",
    ),
    Sample("es", "iphone", "Llegó rota.\n\nEnviado desde mi iPhone", "Llegó rota."),
    Sample(
        "pt",
        "gmail",
        "Ainda não chegou.\n\nEm qui., 19 de nov. de 2026 às 09:14, Acme <help@acme.example> escreveu:\n\n> Cara Ana\n",
        "Ainda não chegou.",
    ),
    Sample(
        "pt",
        "outlook",
        "Quero reembolso.\n\nDe: Acme <help@acme.example>\nEnviado: quinta-feira, 19 de novembro de 2026 09:14\nPara: Ana\nAssunto: Pedido\n\nCara Ana",
        "Quero reembolso.",
    ),
    Sample("pt", "iphone", "Chegou quebrada.\n\nEnviado do meu iPhone", "Chegou quebrada."),
    Sample(
        "de",
        "gmail",
        "Noch nicht da.\n\nAm Do., 19. Nov. 2026 um 09:14 Uhr schrieb Acme <help@acme.example>:\n\n> Liebe Anna\n",
        "Noch nicht da.",
    ),
    Sample(
        "de",
        "thunderbird",
        "Bitte erstatten.\n\nAm 19.11.2026 um 09:14 schrieb Acme:\n> Liebe Anna\n> die Tasse ist unterwegs\n",
        "Bitte erstatten.",
    ),
    Sample(
        "de",
        "outlook",
        "Kaputt.\n\nVon: Acme <help@acme.example>\nGesendet: Donnerstag, 19. November 2026 09:14\nAn: Anna\nBetreff: Bestellung\n\nLiebe Anna",
        "Kaputt.",
    ),
    Sample("de", "iphone", "Die Tasse fehlt.\n\nVon meinem iPhone gesendet", "Die Tasse fehlt."),
    Sample(
        "fr",
        "gmail",
        "Toujours rien.\n\nLe jeu. 19 nov. 2026 à 09:14, Acme <help@acme.example> a écrit :\n\n> Chère Anne\n",
        "Toujours rien.",
    ),
    Sample(
        "fr",
        "outlook",
        "Je veux un remboursement.\n\nDe : Acme <help@acme.example>\nEnvoyé : jeudi 19 novembre 2026 09:14\nÀ : Anne\nObjet : Commande\n\nChère Anne",
        "Je veux un remboursement.",
    ),
    Sample("fr", "iphone", "Arrivée cassée.\n\nEnvoyé de mon iPhone", "Arrivée cassée."),
    Sample(
        "ru",
        "gmail",
        "Посылки нет.\n\nчт, 19 нояб. 2026 г. в 09:14, Acme <help@acme.example>:\n\n> Уважаемая Анна\n",
        "Посылки нет.",
    ),
    Sample(
        "ru",
        "mail.ru",
        "Верните деньги.\n\n19.11.2026, 09:14, Acme <help@acme.example> написал(а):\n> Уважаемая Анна\n",
        "Верните деньги.",
    ),
    Sample(
        "ru",
        "outlook",
        "Разбито.\n\nОт: Acme <help@acme.example>\nОтправлено: 19 ноября 2026 г. 9:14\nКому: Анна\nТема: Заказ\n\nУважаемая Анна",
        "Разбито.",
    ),
    Sample("ru", "iphone", "Не пришло.\n\nОтправлено с iPhone", "Не пришло."),
    Sample(
        "zh",
        "gmail",
        "还没有收到。\n\nAcme <help@acme.example> 于2026年11月19日周四 09:14写道：\n\n> 您好\n",
        "还没有收到。",
    ),
    Sample(
        "zh",
        "qq",
        "请退款。\n\n------------------ 原始邮件 ------------------\n发件人: \"Acme\" <help@acme.example>;\n发送时间: 2026年11月19日(星期四) 上午9:14\n收件人: \"安\"<an@qq.example>;\n主题: 订单\n\n您好",
        "请退款。",
    ),
    Sample(
        "zh",
        "outlook, traditional",
        "杯子破了。\n\n寄件者: Acme <help@acme.example>\n寄件日期: 2026年11月19日 上午 09:14\n收件者: 安\n主旨: 訂單\n\n您好",
        "杯子破了。",
    ),
    Sample("zh", "iphone", "没收到货。\n\n发自我的iPhone", "没收到货。"),
    Sample(
        "ja",
        "gmail",
        "まだ届きません。\n\n2026年11月19日(木) 9:14 Acme <help@acme.example>:\n\n> アン様\n",
        "まだ届きません。",
    ),
    Sample(
        "ja",
        "outlook",
        "返金してください。\n\n差出人: Acme <help@acme.example>\n送信日時: 2026年11月19日 9:14\n宛先: アン\n件名: 注文\n\nアン様",
        "返金してください。",
    ),
    Sample("ja", "iphone", "割れていました。\n\niPhoneから送信", "割れていました。"),
    Sample(
        "ar",
        "gmail",
        "لم يصل الطرد بعد.\n\nفي الخميس، 19 نوفمبر 2026 في 9:14 ص تمت كتابة ما يلي بواسطة Acme <help@acme.example>:\n\n> عزيزتي آن\n",
        "لم يصل الطرد بعد.",
    ),
    Sample(
        "ar",
        "apple",
        "أريد استرداد المبلغ.\n\nفي 19 نوفمبر 2026، كتب Acme <help@acme.example>:\n\n> عزيزتي\n",
        "أريد استرداد المبلغ.",
    ),
    Sample(
        "ar",
        "outlook",
        "وصل مكسورا.\n\nمن: Acme <help@acme.example>\nتاريخ الإرسال: 19 نوفمبر 2026 09:14\nإلى: آن\nالموضوع: الطلب\n\nعزيزتي",
        "وصل مكسورا.",
    ),
    Sample("ar", "iphone", "لم أستلم.\n\nأُرسلت من الـ iPhone", "لم أستلم."),
)

# Nothing here is history, though it looks a little like it.
UNTOUCHED: tuple[str, ...] = (
    "My wife wrote:\nplease send it again.",
    "From: the box I can see it was opened.\nIt is broken.",
    "Le colis est arrivé hier, mais vide :\nque faire ?",
    "Am Montag kam das Paket an.\nAm Dienstag habe ich es geöffnet: kaputt.",
    "He told me on 12.11.2026:\n- wait\n- then ask",
    "---\nTwo things:\n1. late\n2. broken",
    "Sent from Germany it took six weeks.",
    "收到了，但是颜色不对：我要的是红色。",
    "Я написал вам 12.11.2026, ответа нет.",
)
