"""House rules over the API: written, listed by page, refused with the rule, withdrawn; and judged by."""

from __future__ import annotations

from typing import Any

import pytest

from amends.faces.console.house import STARTER

pytestmark = pytest.mark.django_db
WHY = {"reason": "Faster than asked", "citation": "https://shop.example/promise"}
OVERRIDE = WHY | {"rule": "AE-RESP", "path": "clock.runs.days", "value": "3"}
DISPUTE = {
    "platform": "aliexpress", "case.kind": "not_received",
    "dispute.submitted": "2026-03-01T10:00:00-08:00", "order.placed_at": "2026-02-01T10:00:00-08:00",
}  # fmt: skip


def due(answer: Any, rule: str = "AE-RESP") -> str:
    return next(clock["due"] for clock in answer.json()["clocks"] if clock["rule"] == rule)


def test_an_override_is_written_judged_by_and_withdrawn(api: Any) -> None:
    at = "/judge?at=2026-03-02T00:00:00Z"
    shipped = api.post(at, DISPUTE)
    made = api.post("/house-rules", OVERRIDE)
    assert made.status_code == 201
    body = made.json()
    assert {k: body[k] for k in ("rule", "kind", "number", "old", "new", "reason")} == {
        "rule": "AE-RESP", "kind": "override", "number": 1, "old": "5", "new": "3", "reason": WHY["reason"],
    }  # fmt: skip
    ours = api.post(at, DISPUTE)
    assert (due(shipped)[:10], due(ours)[:10]) == ("2026-03-06", "2026-03-04")
    cited = next(c for c in ours.json()["citations"] if c["rule"] == "AE-RESP")
    assert (cited["house"], cited["version"], cited["source"]["url"]) == (True, "2017-01-01+house.1", WHY["citation"])
    rule = api.get("/rules/AE-RESP").json()["versions"]
    assert [(v["version"], v["house"]) for v in rule] == [("2017-01-01+house.1", True)]
    assert api.get("/rules").json()["rulebook"] == api.get("/house-rules").json()["rulebook"]
    gone = api.post(f"/house-rules/{body['id']}/withdraw", {"reason": "over"})
    assert (gone.status_code, gone.json()["withdrawn_reason"]) == (200, "over")
    assert due(api.post(at, DISPUTE)) == due(shipped)
    assert api.post(f"/house-rules/{body['id']}/withdraw", {}).status_code == 409
    back = api.post(f"/house-rules/{body['id']}/restore")
    assert (back.status_code, back.json()["number"]) == (201, 2)
    assert due(api.post(at, DISPUTE)) == due(ours)


def test_a_law_refuses_and_names_itself(api: Any) -> None:
    refused = api.post("/house-rules", OVERRIDE | {"rule": "EU-WD-14", "value": "7"})
    assert refused.status_code == 409
    body = refused.json()
    assert (body["code"], body["rule_ids"]) == ("law_only_better_for_buyer", ["EU-WD-14"])
    assert "favour" in body["detail"]


def test_an_own_rule_with_a_mistake_names_the_line(api: Any) -> None:
    text = STARTER.replace("case.kind: return", "case.knid: return")
    refused = api.post("/house-rules", WHY | {"text": text}, Accept_Language="zh-hans")
    assert refused.status_code == 422
    assert [(e["code"], e["where"]) for e in refused.json()["errors"]] == [("bad_rule", "body:5")]
    assert "没有名为" in refused.json()["errors"][0]["message"]
    assert api.post("/house-rules", WHY | {"text": STARTER}).status_code == 201
    assert api.get("/rules/OWN-RETURNS").json()["versions"][0]["layer"] == "shop"


@pytest.mark.parametrize(
    ("change", "where", "code"),
    [
        ({"text": STARTER}, "text", "text_or_rule"),
        ({"rule": ""}, "text", "text_or_rule"),
        ({"reason": " "}, "reason", "missing"),
        ({"citation": ""}, "citation", "missing"),
        ({"citation": "x" * 501}, "citation", "string_too_long"),
        ({"valeu": "3"}, "valeu", "extra_forbidden"),
    ],
)
def test_what_is_missing_or_too_much_is_named(api: Any, change: dict[str, Any], where: str, code: str) -> None:
    refused = api.post("/house-rules", OVERRIDE | change)
    assert refused.status_code == 422
    assert [(e["where"], e["code"]) for e in refused.json()["errors"]] == [(where, code)]


def test_unknown_rules_and_rows_are_not_there(api: Any) -> None:
    assert api.post("/house-rules", OVERRIDE | {"rule": "NO-SUCH"}).status_code == 404
    assert api.get("/house-rules/4711").status_code == 404
    assert api.post("/house-rules/4711/withdraw", {}).status_code == 404


def test_the_list_goes_by_pages_and_by_what_is_in_force(api: Any) -> None:
    ids = [api.post("/house-rules", OVERRIDE | {"value": str(n)}).json()["id"] for n in (1, 2, 3)]
    other = api.post("/house-rules", WHY | {"text": STARTER}).json()["id"]
    page = api.get("/house-rules", limit=3).json()
    assert [row["id"] for row in page["items"]] == [other, ids[2], ids[1]]
    rest = api.get("/house-rules", limit=3, cursor=page["next"]).json()
    assert ([row["id"] for row in rest["items"]], rest["next"]) == ([ids[0]], None)
    assert [row["id"] for row in api.get("/house-rules", which="in_force").json()["items"]] == [other, ids[2]]
    assert [row["id"] for row in api.get("/house-rules", rule="OWN-RETURNS").json()["items"]] == [other]
