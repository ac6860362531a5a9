"""What is recognised by its shape in every language: addresses, numbers, links, codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from amends.language.statements.core.statement import How, Statement

# Spelled out, both signs must be: "at" and a full stop are ordinary words. Begun only where a word begins and bounded:
# a hundred thousand letters in a row took a minute and a half.
_EMAIL: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}\s?(?:\.|\(dot\)|\[dot\])\s?\w{2,63}"
    r"|(?<![\w.+-])[\w.+-]{1,64} at [\w-]{1,63} dot \w{2,63}",
    re.IGNORECASE,
)
_URL: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'）)]+|(?<![\w@.])[a-z0-9-]{2,}(?:\.[a-z0-9-]+)*\.(?:com|net|org|shop|store|cn|de|fr|es|it|ru|io|co"
    r"|info|me|uk|br|jp|kr|pl|nl|tr|in|id|vn|th|mx|au|ca|us|eu|top|xyz|online)(?:/[^\s<>\"'）)]*)?(?![\w.])",
    re.IGNORECASE,
)
_ODR: Final = re.compile(r"(?:webgate\.)?ec\.europa\.eu/(?:consumers/)?odr\S*", re.IGNORECASE)
# A messenger's name with a handle or number beside it; the name alone may be a product ("a WeChat sticker").
_MESSENGERS: Final = (
    r"whats\s?app|\bzap\b|we\s?chat|weixin|微信|telegram|телеграм\w*|ватсап\w*|вотсап\w*|вайбер\w*|viber|kakao\s?talk|카카오톡|카톡|"
    r"line\s?id|ライン\s?id|zalo|skype|signal|واتساب|واتس آب|تلجرام|تيليجرام|瓦次普|"
    r"q\s?q号?|facebook|instagram|messenger"
)
_HANDLE: Final = re.compile(
    rf"(?:{_MESSENGERS})\s?(?:号|id|no\.?|number|:|：|@|是|为|is|at|unter|al|no|по|на|على)?\s?[:：@]?\s?"
    r"(?=[\w+@.-]{0,24}\d{4}|@\w)[\w+@. -]{4,24}",
    re.IGNORECASE,
)
# A telephone number: a country's plus or a word before it, so that order and tracking numbers are left alone.
_PHONE: Final = re.compile(
    r"(?<![\w/-])(?:\+|00)\d{1,3}[\s().-]{0,2}\d{1,5}(?:[\s().-]{0,2}\d{2,5}){1,4}(?!\w)"
    r"|(?<!\w)(?:tel\b|phone|call (?:me|us)|llám\w+|ligue|rufen sie|appel\w+|позвон\w+|"
    r"тел|电话|致电|電話|전화|اتصل|هاتف|telefon\w*|hotline|ring)"
    r"[^\d\n]{0,16}\d[\d\s().-]{5,16}\d",
    re.IGNORECASE,
)
_LONGEST: Final = 15  # digits of a telephone number
_COUPON: Final = re.compile(
    r"(?:coupon|voucher|promo(?:tion)?(?:al)?|discount|"
    r"gutschein\w*|rabatt\w*|code promo|cup[oó]n|cupom|código promo\w*|código de descuento|"
    r"código de desconto|codice sconto|buono|"
    r"промокод\w*|купон\w*|优惠码|优惠券|折扣码|クーポン\w*|쿠폰|كوبون|kupon\w*|kod rabatowy|rabattcode|kortingscode)"
    r"[^\n]{0,24}?\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9-]{4,16}\b",
)  # fmt: skip


def by_form(text: str) -> Iterator[Statement]:
    """Statements whose shape is enough. A closed EU link is named as that and not as any link."""
    closed = [match.span() for match in _ODR.finditer(text)]
    for start, end in closed:
        yield Statement("odr_link", start, end, How.FORM)
    for match in _URL.finditer(text):
        inside_mail = match.start() > 0 and text[match.start() - 1] == "@"
        if not inside_mail and not any(match.start() < end and start < match.end() for start, end in closed):
            yield Statement("outside_link", match.start(), match.end(), How.FORM)
    for pattern in (_EMAIL, _HANDLE, _PHONE):
        for match in pattern.finditer(text):
            if pattern is not _PHONE or _dialled(match[0]):
                yield Statement("contact_details", match.start(), match.end(), How.FORM)
    for match in _COUPON.finditer(text):
        yield Statement("coupon", match.start(), match.end(), How.FORM)


def _dialled(found: str) -> bool:
    """No number that can be dialled is longer (E.164); "00340434161094227812" is a parcel of DHL's."""
    return sum(char.isdigit() for char in found.removeprefix("00")) <= _LONGEST
