"""What every address of the house needs, written down apart from the code that guards it.

One row a thing that can be asked of an address. A new address without a row fails the test; so does a row whose
right is not the one the code asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from amends.base.accounts.core import Permission
from amends.resolution.cases.core.axes import Verb

P = Permission
PUBLIC, KNOWN = "public", "known"  # anybody; anybody who has come in


@dataclass(frozen=True)
class Row:
    """`route` as the URLconf spells it, `path` with `{ids}` of the world. `ok`: the status for those who may;
    `denied`: for members who may not; `foreign`: for the owner of another organisation, who has the right there.
    """

    method: str
    route: str
    path: str
    right: Permission | str
    ok: int = 200
    denied: int = 403
    foreign: int = 404
    body: Any = None
    form: dict[str, Any] = field(default_factory=dict)
    also: tuple[Permission, ...] = ()  # what a token needs beside `right`; every role that has one has the other
    people_only: bool = False  # no token may, whatever its rights
    own_house: bool = False  # it names nothing: whoever asks changes the own house
    why: str = ""

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def api(method: str, route: str, right: Permission | str, path: str = "", **more: Any) -> Row:
    return Row(method, f"api/v1/{route}", f"api/v1/{path or route}", right, **more)


def page(method: str, route: str, right: Permission | str, path: str = "", **more: Any) -> Row:
    return Row(method, route, path or route, right, **more)


# What each verb is asked with, the right it needs, and what comes of it on the world's one case over the API.
VERBS: dict[Verb, tuple[Permission, dict[str, Any], int]] = {
    Verb.ANSWER: (P.CASE_ANSWER, {"text": "Hello"}, 200),
    Verb.ASK_EVIDENCE: (P.CASE_ANSWER, {"text": "A photo, please"}, 200),
    Verb.OFFER: (P.CASE_OFFER, {"remedy": "refund_full", "amount": "1"}, 200),
    Verb.SETTLE: (P.CASE_SETTLE, {"remedy": "refund_full", "amount": "1"}, 200),
    Verb.REFUND: (P.CASE_SETTLE, {"amount": "1"}, 200),
    Verb.APPROVE_REFUND: (P.REFUND_APPROVE, {}, 409),
    Verb.REFUND_DONE: (P.CASE_SETTLE, {}, 409),
    Verb.REPLACE: (P.CASE_SETTLE, {}, 200),
    Verb.REPLACEMENT_SENT: (P.CASE_SETTLE, {}, 409),
    Verb.REFUSE: (P.CASE_SETTLE, {}, 409),
    Verb.ESCALATE: (P.CASE_OFFER, {"reason": "No answer"}, 200),
    Verb.CLOSE: (P.CASE_SETTLE, {"root_cause": "unknown"}, 200),
    Verb.REOPEN: (P.CASE_WORK, {}, 409),
    Verb.ASSIGN: (P.CASE_WORK, {"user_id": None}, 200),
    Verb.PRIORITISE: (P.CASE_WORK, {"priority": 1}, 200),
    Verb.SNOOZE: (P.CASE_WORK, {}, 200),
    Verb.NOTE: (P.CASE_WORK, {"text": "Seen"}, 200),
    Verb.RECLASSIFY: (P.CASE_WORK, {"leaf": "damaged"}, 200),
    Verb.SET_FACT: (P.CASE_WORK, {"fact": "order.digital", "value": "false"}, 200),
}

_FACTS = {"facts": {"order.digital": False}}
_OVERRIDE = {
    "rule": "HOUSE-FIRST-ANSWER", "path": "clock.runs.hours", "value": "8", "reason": "why", "citation": "where",
}  # fmt: skip
_OWN = """\
id: OWN-TEST
title: T
applies: {case.kind: return}
confidence: A
then: {outcome: {fee: none}}
examples: [{given: {}, expect: {fee: none}}]
"""
_ALSO = (P.CASE_READ, P.CASE_WORK)  # a verb is done on a case one can read; some leave a note on it

API_ROWS: tuple[Row, ...] = (
    api("GET", "openapi.json", PUBLIC, foreign=200, why="the contract holds no data"),
    api("GET", "", PUBLIC, ok=404, why="the framework's own root answers that nothing is there"),
    api("GET", "cases", P.CASE_READ, foreign=200),
    api(
        "POST",
        "cases",
        P.CASE_WORK,
        ok=201,
        foreign=422,
        body={"order": "Quillfeather-1", "leaf": "damaged"},
        also=(P.CASE_READ,),
    ),
    api("GET", "cases/<number>", P.CASE_READ, "cases/{case}"),
    api("GET", "cases/<number>/similar", P.CASE_READ, "cases/{case}/similar"),
    api("POST", "cases/<number>/facts", P.CASE_WORK, "cases/{case}/facts", body=_FACTS, also=_ALSO),
    *(
        api(
            "POST",
            "cases/<number>/<verb>",
            right,
            f"cases/{{case}}/{verb.value}",
            ok=ok,
            body=body,
            also=_ALSO,
            people_only=verb is Verb.APPROVE_REFUND,
        )
        for verb, (right, body, ok) in VERBS.items()
    ),
    *(
        api(
            "POST",
            "cases/<number>/simulate/<verb>",
            right,
            f"cases/{{case}}/simulate/{verb.value}",
            ok=ok,
            body=body,
            also=_ALSO,
            people_only=verb is Verb.APPROVE_REFUND,
        )
        for verb, (right, body, ok) in VERBS.items()
    ),
    api("GET", "messages", P.CASE_READ, foreign=200),
    api("POST", "messages", P.IMPORT_RUN, ok=201, foreign=422, body={"shop_id": "{shop}", "text": "Hello"}),
    api("GET", "messages/<int:message_id>", P.CASE_READ, "messages/{message}"),
    api("POST", "messages/<int:message_id>/undo", P.CASE_ANSWER, "messages/{queued}/undo", also=(P.CASE_READ,)),
    api("POST", "messages/<int:message_id>/handed-over", P.CASE_ANSWER, "messages/{message}/handed-over"),
    api("GET", "orders", P.ORDER_READ, foreign=200),
    api("GET", "orders/<int:order_id>", P.ORDER_READ, "orders/{order}"),
    api("POST", "judge", P.RULE_READ, foreign=200, body={"platform": "ebay"}),
    api("GET", "rules", P.RULE_READ, foreign=200),
    api("GET", "rules/<rule_id>", P.RULE_READ, "rules/{rule}", foreign=200, why="the rulebook is everybody's"),
    api("GET", "health", P.CASE_READ, foreign=200),
    api("GET", "health", P.CASE_READ, "health?shop={shop}"),
    api("GET", "house-rules", P.RULE_READ, foreign=200),
    api("POST", "house-rules", P.RULE_WRITE, ok=201, foreign=201, body=_OVERRIDE, own_house=True),
    api("GET", "house-rules/<int:house_id>", P.RULE_READ, "house-rules/{house_rule}"),
    api(
        "POST",
        "house-rules/<int:house_id>/withdraw",
        P.RULE_WRITE,
        "house-rules/{house_rule}/withdraw",
        also=(P.RULE_READ,),
    ),
    api(
        "POST",
        "house-rules/<int:house_id>/restore",
        P.RULE_WRITE,
        "house-rules/{house_rule}/restore",
        ok=409,
        also=(P.RULE_READ,),
    ),
    api("POST", "language/detect", P.CASE_READ, foreign=200, body={"text": "Wo ist mein Paket?"}),
    api("POST", "language/understand", P.CASE_READ, foreign=200, body={"text": "Wo ist mein Paket?"}),
    api("POST", "language/gist", P.CASE_READ, foreign=200, body={"text": "Wo ist mein Paket?"}),
    api(
        "POST",
        "language/translate",
        P.CASE_ANSWER,
        foreign=200,
        body={"text": "Wo ist mein Paket?", "target": "en"},
        also=(P.CASE_READ,),
    ),
    api("GET", "language/matrix", P.CASE_READ, foreign=200),
    api("POST", "guard/check", P.CASE_READ, foreign=200, body={"text": "Hello"}),
    api("GET", "imports", P.IMPORT_RUN, foreign=200),
    api("POST", "imports", P.IMPORT_RUN, ok=202, foreign=202, form={"file": "a,b\n1,2\n"}, own_house=True),
    api("GET", "imports/<int:run_id>", P.IMPORT_RUN, "imports/{run}"),
    api("GET", "imports/<int:run_id>/rejects", P.IMPORT_RUN, "imports/{run}/rejects"),
    api("GET", "imports/<int:run_id>/rejects/file", P.IMPORT_RUN, "imports/{run}/rejects/file"),
    api("GET", "ledger", P.LEDGER_READ, foreign=200),
    api("GET", "ledger/head", P.LEDGER_READ, foreign=200),
    api("POST", "ledger/verify", P.LEDGER_READ, foreign=200),
    api("GET", "me", KNOWN, foreign=200),
    api("GET", "search", P.CASE_READ, "search?text=never arrived", foreign=200),
    api("GET", "jobs", P.JOB_READ, foreign=200),
    api("POST", "jobs/<int:job_id>/rerun", P.JOB_RERUN, "jobs/{job}/rerun", also=(P.JOB_READ,)),
    Row("GET", "api/^(?P<rest>.*)$", "api/v9", PUBLIC, ok=404, why="what is not there, in JSON"),
)

_DAY = {"country": "CN", "first": "2027-02-04", "last": "", "open": "", "note": ""}
_SHOP = {
    "platform": "ebay", "site": "US", "name": "New shop", "currency": "USD", "time_zone": "UTC", "seller_country": "CN",
    "mail_address": "", "programme": "",
}  # fmt: skip
_HOUSE = {"name": "New name", "country": "CN", "time_zone": "UTC", "currency": "USD", "refund_limit": "10"}
_PROFILE = {"name": "Me", "language": "en", "time_zone": "UTC", "theme": "dark"}
_MAIL = {
    "address": "new@house.example", "smtp_host": "127.0.0.1", "smtp_port": "465", "smtp_security": "ssl",
    "imap_security": "ssl",
}  # fmt: skip

PAGE_ROWS: tuple[Row, ...] = (
    page("GET", "", P.CASE_READ, foreign=200),
    page("GET", "inbox", P.CASE_READ, foreign=200),
    page("GET", "cases/<str:number>", P.CASE_READ, "cases/{case}"),
    page("GET", "cases/<str:number>/ask/<str:verb>", P.CASE_READ, "cases/{case}/ask/refund"),
    page(
        "POST",
        "cases/<str:number>/simulate/<str:verb>",
        P.CASE_READ,
        "cases/{case}/simulate/refund",
        form={"amount": "1"},
    ),
    *(
        page(
            "POST",
            "cases/<str:number>/do/<str:verb>",
            right,
            f"cases/{{case}}/do/{verb.value}",
            ok=302,
            denied=302,
            form={k: v for k, v in body.items() if v is not None},
            why="without the right of the verb the page comes back and says so",
        )
        for verb, (right, body, _) in VERBS.items()
    ),
    page("GET", "cases/<str:number>/similar", P.CASE_READ, "cases/{case}/similar"),
    page("GET", "cases/<str:number>/templates", P.CASE_ANSWER, "cases/{case}/templates"),
    page("GET", "cases/<str:number>/templates/<str:key>", P.CASE_ANSWER, "cases/{case}/templates/{template}", ok=204),
    page("POST", "messages/<int:pk>/undo", P.CASE_ANSWER, "messages/{queued}/undo", ok=302),
    page("POST", "messages/<int:pk>/handed-over", P.CASE_ANSWER, "messages/{message}/handed-over", ok=302),
    page("POST", "messages/<int:pk>/resend", P.CASE_ANSWER, "messages/{failed}/resend", ok=302),
    page("GET", "orders", P.ORDER_READ, foreign=200),
    page("GET", "orders/<int:pk>", P.ORDER_READ, "orders/{order}"),
    page("GET", "rules", P.RULE_READ, foreign=200),
    page("GET", "rules/<str:rule_id>", P.RULE_READ, "rules/{rule}", foreign=200),
    page("GET", "rules/compare", P.RULE_READ, foreign=200),
    page("GET", "rules/<str:rule_id>/versions", P.RULE_READ, "rules/{rule}/versions", foreign=200),
    page("GET", "clock", P.RULE_READ, foreign=200),
    page("POST", "clock/board", P.RULE_READ, foreign=200, form={"facts": " {} ", "at": "2026-11-27T10:00:00Z"}),
    page("GET", "rules/new", P.RULE_WRITE, foreign=200),
    page(
        "POST",
        "rules/new",
        P.RULE_WRITE,
        ok=302,
        foreign=302,
        form={"text": _OWN, "reason": "why", "citation": "where"},
        own_house=True,
    ),
    page("POST", "rules/new/check", P.RULE_WRITE, foreign=200, form={"text": _OWN}),
    page("POST", "rules/new/try", P.RULE_WRITE, foreign=200, form={"text": _OWN, "case": "{case}"}),
    page(
        "POST", "rules/house/<int:pk>/withdraw", P.RULE_WRITE, "rules/house/{house_rule}/withdraw", ok=302, foreign=302
    ),
    page("POST", "rules/house/<int:pk>/restore", P.RULE_WRITE, "rules/house/{house_rule}/restore", ok=302, foreign=302),
    page(
        "POST",
        "rules/<str:rule_id>/override",
        P.RULE_WRITE,
        "rules/HOUSE-FIRST-ANSWER/override",
        ok=302,
        foreign=302,
        form=_OVERRIDE,
        own_house=True,
    ),
    page(
        "POST",
        "rules/<str:rule_id>/override/preview",
        P.RULE_WRITE,
        "rules/HOUSE-FIRST-ANSWER/override/preview",
        foreign=200,
        form=_OVERRIDE,
    ),
    page("GET", "guard", P.CASE_READ, foreign=200),
    page("POST", "guard", P.CASE_READ, foreign=200, form={"text": "Hello"}),
    page("POST", "cases/<str:number>/words", P.CASE_ANSWER, "cases/{case}/words", form={"text": "Hello"}),
    page("POST", "cases/<str:number>/put-into", P.CASE_ANSWER, "cases/{case}/put-into", ok=204, form={"text": "Hello"}),
    page("POST", "messages/<int:pk>/rendering", P.CASE_READ, "messages/{message}/rendering"),
    page("GET", "templates", P.CASE_READ, foreign=200),
    page(
        "POST",
        "templates/new",
        P.TEMPLATE_WRITE,
        ok=302,
        foreign=302,
        form={"key": "own", "text": "Hi"},
        own_house=True,
    ),
    page(
        "GET", "templates/<slug:key>", P.CASE_READ, "templates/thanks", foreign=200, why="shipped texts are everybody's"
    ),
    page("GET", "templates/<slug:key>/<slug:language>", P.CASE_READ, "templates/thanks/de", foreign=200),
    page(
        "POST",
        "templates/<slug:key>/<slug:language>/sign",
        P.TEMPLATE_WRITE,
        "templates/thanks/de/sign",
        ok=302,
        foreign=302,
        form={"name": "Klara"},
        own_house=True,
    ),
    page(
        "POST",
        "templates/<slug:key>/put-away",
        P.TEMPLATE_WRITE,
        "templates/thanks/put-away",
        ok=302,
        foreign=302,
        own_house=True,
    ),
    page("GET", "glossary", P.CASE_READ, foreign=200),
    page("GET", "glossary/export", P.CASE_READ, foreign=200),
    page(
        "POST",
        "glossary/save",
        P.TEMPLATE_WRITE,
        ok=302,
        foreign=302,
        form={"language": "en", "text": "AquaMug", "keep": "1"},
        own_house=True,
    ),
    page(
        "POST",
        "glossary/import",
        P.TEMPLATE_WRITE,
        ok=302,
        foreign=302,
        form={"file": "language,text\n"},
        own_house=True,
    ),
    page("POST", "glossary/<int:pk>/remove", P.TEMPLATE_WRITE, "glossary/1/remove", ok=302, foreign=302),
    page("GET", "engines", P.CASE_READ, foreign=200),
    page(
        "POST",
        "engines/<slug:kind>/connect",
        P.SETTINGS_WRITE,
        "engines/libre/connect",
        ok=302,
        foreign=302,
        own_house=True,
    ),
    page("POST", "engines/<slug:kind>/withdraw", P.SETTINGS_WRITE, "engines/libre/withdraw", ok=302, foreign=302),
    page("GET", "health", P.CASE_READ, foreign=200),
    page("GET", "health/export", P.CASE_READ, foreign=200),
    page("GET", "imports", P.ORDER_READ, foreign=200),
    page("POST", "imports/upload", P.IMPORT_RUN, ok=302, foreign=302, form={"file": "a,b\n1,2\n"}, own_house=True),
    page("GET", "imports/layouts", P.ORDER_READ, foreign=200),
    page("GET", "imports/template/<str:form>", P.ORDER_READ, "imports/template/csv", foreign=200),
    page("GET", "imports/<int:pk>", P.ORDER_READ, "imports/{run}"),
    page("GET", "imports/<int:pk>/rejects", P.ORDER_READ, "imports/{run}/rejects"),
    page("GET", "imports/<int:pk>/mapping", P.IMPORT_RUN, "imports/{unmapped}/mapping"),
    page("GET", "audit", P.LEDGER_READ, foreign=200),
    page("GET", "audit/verify", P.LEDGER_READ, foreign=200),
    page("GET", "audit/export", P.LEDGER_READ, foreign=200),
    page("GET", "audit/<int:seq>", P.LEDGER_READ, "audit/{seq}"),
    page("GET", "jobs", P.JOB_READ, foreign=200),
    page("POST", "jobs/rerun-all", P.JOB_RERUN, ok=302, foreign=302, own_house=True),
    page(
        "POST",
        "jobs/<int:pk>",
        P.JOB_RERUN,
        "jobs/{job}",
        ok=302,
        foreign=302,
        why="the page says there is no such job",
    ),
    page("GET", "search", P.CASE_READ, "search?q=never arrived", foreign=200),
    page("GET", "settings", KNOWN, foreign=200),
    page("POST", "settings", KNOWN, ok=302, foreign=302, form=_PROFILE, own_house=True),
    page("GET", "settings/security", KNOWN, foreign=200),
    page("GET", "settings/organisation", KNOWN, foreign=200),
    page("POST", "settings/organisation", P.SETTINGS_WRITE, ok=302, foreign=302, form=_HOUSE, own_house=True),
    page("POST", "settings/organisation/remove-demo", P.SETTINGS_WRITE, ok=404, why="only a demo can go this way"),
    page("GET", "settings/shops", KNOWN, foreign=200),
    page("GET", "settings/shops/add", P.SETTINGS_WRITE, foreign=200),
    page("POST", "settings/shops/add", P.SETTINGS_WRITE, ok=302, foreign=302, form=_SHOP, own_house=True),
    page("GET", "settings/shops/<int:pk>", P.SETTINGS_WRITE, "settings/shops/{shop}"),
    page("POST", "settings/shops/<int:pk>", P.SETTINGS_WRITE, "settings/shops/{shop}", ok=302, form=_SHOP),
    page("GET", "settings/team", KNOWN, foreign=200),
    page(
        "POST",
        "settings/team/add",
        P.TEAM_MANAGE,
        ok=302,
        foreign=302,
        form={"email": "new@x.example", "role": "viewer"},
        own_house=True,
    ),
    page(
        "POST",
        "settings/team/<int:pk>",
        P.TEAM_MANAGE,
        "settings/team/{member}",
        ok=302,
        foreign=302,
        form={"role": "agent"},
    ),
    page("GET", "settings/days", KNOWN, foreign=200),
    page("POST", "settings/days", P.SETTINGS_WRITE, ok=302, foreign=302, form=_DAY, own_house=True),
    page("POST", "settings/days/<int:pk>/remove", P.SETTINGS_WRITE, "settings/days/{day}/remove", ok=302, foreign=302),
    page("GET", "settings/tokens", P.TEAM_MANAGE, foreign=200),
    page(
        "POST",
        "settings/tokens",
        P.TEAM_MANAGE,
        foreign=200,
        form={"name": "n", "scopes": ["case:read"], "days": "0"},
        own_house=True,
    ),
    page(
        "POST", "settings/tokens/<int:pk>/revoke", P.TEAM_MANAGE, "settings/tokens/{token}/revoke", ok=302, foreign=302
    ),
    page("GET", "settings/mail", P.SETTINGS_WRITE, foreign=200),
    page("POST", "settings/mail", P.SETTINGS_WRITE, ok=302, foreign=302, form=_MAIL, own_house=True),
    page("POST", "settings/mail/<int:pk>/remove", P.SETTINGS_WRITE, "settings/mail/{mail}/remove", ok=302),
    page("GET", "settings/connectors", KNOWN, foreign=200),
    page("POST", "appearance", PUBLIC, ok=302, foreign=302, form={"theme": "dark"}, why="a cookie before sign-in"),
    page("POST", "organisation", KNOWN, ok=302, form={"organisation": "{organisation}"}),
    page("GET", "styleguide", KNOWN, foreign=200),
)

ROWS = API_ROWS + PAGE_ROWS

# Sign-in, password and second factor of allauth: each is about the person who asks and has its own tests there.
# The addresses among them that the house has closed are checked by the test.
ELSEWHERE = ("account/",)
