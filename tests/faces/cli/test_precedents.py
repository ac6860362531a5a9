"""`amends precedents` as an operator runs it."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.once
FACTS = {"platform": "ebay", "case.leaf": "in_transit_late", "order.total_with_tax_and_postage": "41.80 USD"}


@pytest.fixture
def facts(tmp_path):
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(FACTS))
    return str(path)


def test_closed_cases_of_the_demo_are_remembered_and_found(house, facts, tmp_path):
    loaded = house.try_("demo", "load")
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    done = house.run("precedents", "rebuild", "--organisation", "demo")
    assert done["remembered"] > 0
    assert done["forgotten"] == 0
    kinds = {}
    for leaf in ("damaged", "in_transit_late", "delivered_not_received", "quality", "change_of_mind", "wrong_item"):
        asked = tmp_path / f"{leaf}.json"
        asked.write_text(json.dumps(FACTS | {"case.leaf": leaf, "platform": "aliexpress"}))
        kinds[leaf] = house.run("precedents", "similar", str(asked), "-k", "2", "--organisation", "demo")
    found = next(body for body in kinds.values() if body["items"])
    first = found["items"][0]
    assert first["number"].startswith("C-")
    assert {"alike", "differs", "open", "outcome", "likeness"} <= first.keys()
    assert len(found["items"]) <= 2
    leaf = next(leaf for leaf, body in kinds.items() if body["items"])
    told = house.try_("precedents", "similar", str(tmp_path / f"{leaf}.json"), "--organisation", "demo").stdout
    assert f"{first['number']} " in told
    assert "outcome: " in told


def test_an_empty_house_says_so(house, facts):
    assert house.run("precedents", "similar", facts) == {"searched": 0, "method": "", "items": []}
    assert house.try_("precedents", "similar", facts).stdout.splitlines() == [
        "0 closed cases of this kind", "no closed case like this yet",
    ]  # fmt: skip


def test_wrong_facts_are_named(house, tmp_path):
    path = tmp_path / "wrong.json"
    path.write_text('{"platform": "ebey"}')
    error = house.refuses("precedents", "similar", str(path))
    assert (error["code"], error["where"]) == ("unknown_code", "platform")
