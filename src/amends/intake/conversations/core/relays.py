"""Marketplace addresses that stand in for a buyer, as data. Each entry says where the knowledge is from."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Relay:
    """`domain` matches the whole host part. `tagged`: what follows a `+` changes from mail to mail while the part
    before it stays with the buyer, so identity is the part before. `begin`/`end` frame the buyer's words in the
    platform's template. `confidence` as for rules: A official and dated … D unverified."""

    platform: str
    domain: re.Pattern[str]
    tagged: bool
    source: str
    retrieved: str
    confidence: str
    begin: re.Pattern[str] | None = None
    end: re.Pattern[str] | None = None


RELAYS: tuple[Relay, ...] = (
    Relay(
        "amazon",
        re.compile(
            r"(m\.)?marketplace\.amazon\."
            r"(com|ca|de|fr|it|es|nl|pl|se|ie|in|ae|sa|sg|eg|com\.(mx|br|au|tr|be)|co\.(uk|jp|za))"
        ),
        tagged=True,
        source="sellercentral.amazon.com help G200383320: one anonymised alias for each buyer and seller; hosts as "
        "seen in public order reports",
        retrieved="2026-11-23",
        confidence="B",
        begin=re.compile(r"^-{4,}\s*(?:begin message|message:?)\s*-{4,}$", re.IGNORECASE),
        end=re.compile(r"^-{4,}\s*end message\s*-{4,}$", re.IGNORECASE),
    ),
    Relay(
        "ebay",
        re.compile(r"members\.ebay\.(com|co\.uk|de|fr|it|es|ca|ie|at|be|ch|nl|pl|in|com\.(au|hk|my|sg))"),
        tagged=False,
        source="pages.ebay.com/help/policies/rfe-unwelcome-email-misuse.html: addresses are replaced by "
        "<alias>@members.ebay.com",
        retrieved="2026-11-23",
        confidence="B",
    ),
    Relay(
        "walmart",
        re.compile(r"relay\.walmart\.com"),
        tagged=False,
        source="customerEmailId in the Orders API's published examples",
        retrieved="2026-11-23",
        confidence="C",
    ),
)

# Mail providers for everybody: sharing such a host says nothing.
_PUBLIC_HOSTS = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.co.jp",
    "icloud.com", "me.com", "aol.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "orange.fr", "free.fr",
    "laposte.net", "libero.it", "mail.ru", "yandex.ru", "qq.com", "foxmail.com", "163.com", "126.com", "yeah.net",
    "sina.com", "aliyun.com", "naver.com", "proton.me", "protonmail.com", "zoho.com", "uol.com.br", "terra.com.br",
})  # fmt: skip
_NOBODY = re.compile(
    r"^(do[-_.]?not[-_.]?reply|no[-_.]?reply|noresponder|nao[-_.]?respond(a|er)|bounces?|mailer|notifications?)([-_.+].*)?$"
)


def relay_of(address: str) -> Relay | None:
    """The relay an address belongs to. Look-alikes (`marketplace.amazon.com.evil.example`) do not."""
    local, at, host = address.lower().rpartition("@")
    if not at or not local:
        return None
    return next((relay for relay in RELAYS if relay.domain.fullmatch(host)), None)


def canonical(address: str) -> str:
    """The address by which a buyer is known: lower case, without a relay's changing tag."""
    lowered = address.strip().lower()
    relay = relay_of(lowered)
    if relay is None or not relay.tagged:
        return lowered
    local, _, host = lowered.rpartition("@")
    return f"{local.split('+', 1)[0]}@{host}"


def is_nobody(address: str) -> bool:
    """True for senders that speak for others and read no answers: `noreply@`, `mailer@` …"""
    return bool(_NOBODY.match(address.rpartition("@")[0].lower()))


def is_own(address: str, own: Collection[str]) -> bool:
    """True for our addresses and for others at a host of our own, but not at a host where anybody has an address."""
    host = address.rpartition("@")[2]
    return address in own or (
        bool(host) and host not in _PUBLIC_HOSTS and host in {one.rpartition("@")[2] for one in own}
    )


def buyer_words(text: str, relay: Relay) -> str:
    """What stands between the template's markers, or the text as it is when they are not both there, in order."""
    if relay.begin is None or relay.end is None:
        return text
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if relay.begin.match(line.strip()[:120])), None)
    if start is None:
        return text
    stop = next((i for i in range(start + 1, len(lines)) if relay.end.match(lines[i].strip()[:120])), None)
    words = "\n".join(lines[start + 1 : stop]).strip() if stop is not None else ""
    return words or text
