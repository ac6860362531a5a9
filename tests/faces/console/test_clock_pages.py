"""The clock simulator and the comparisons of rules, as pages."""

from __future__ import annotations

import json
import re

import pytest

from amends.base.accounts.core import Role
from amends.faces.console.model_orders import MODELS
from tests import factories

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def _html(response) -> str:
    return response.content.decode()


def _states(page: str) -> dict[str, str]:
    return dict(re.findall(r'data-rule="([^"]+)" data-state="([^"]+)"', page))


def test_the_simulator_opens_on_an_invented_order_and_says_so(signed_in) -> None:
    page = _html(signed_in().get("/clock?at=2026-11-25T10:00:00-08:00"))
    assert "an invented order" in page
    assert _states(page)["EB-INR-RESP"] == "running"


def test_today_can_be_moved_and_a_what_if_added(signed_in) -> None:
    client, form = signed_in(), {"facts": json.dumps(MODELS["ebay"]), "begins": "2026-11-24T00:00:00-08:00"}
    day = 24 * 60
    later = _html(client.post("/clock/board", form | {"moved": "1", "minutes": str(7 * day)}, headers=HTMX))
    assert _states(later)["EB-INR-RESP"] == "expired"
    before = _html(client.post("/clock/board", form | {"moved": "1", "minutes": str(7 * day - 30)}, headers=HTMX))
    assert _states(before)["EB-INR-RESP"] == "running"
    bank = _html(
        client.post(
            "/clock/board", form | {"at": "2026-11-25T10:00:00-08:00", "what_if": "buyer_charges_back"}, headers=HTMX
        )
    )
    assert (_states(bank)["EB-INR-RESP"], _states(bank)["EB-PAYDISP"]) == ("excluded", "running")


def test_a_case_of_ours_is_shown_and_another_houses_is_not(signed_in, make_case) -> None:
    case = make_case("The parcel never came.")
    page = _html(signed_in().get(f"/clock?case=C-{case.number}"))
    assert f"/cases/C-{case.number}" in page
    assert "HOUSE-FIRST-ANSWER" in _states(page)
    stranger = signed_in(Role.OWNER, house=factories.make_organisation("other"))
    assert stranger.get(f"/clock?case=C-{case.number}").status_code == 404


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ("{", "This is not an object of JSON."),
        ("[]", "Facts are one JSON object."),
        ('{"order.delivered": "2026-11-01T10:00:00"}', "A time needs its zone."),
        ('{"order.totl": "5 USD"}', "order.totl"),
        ('{"order.total_with_tax_and_postage": "-5 USD"}', "An amount is never negative here"),
        (
            '{"order.shipped": "2026-11-05T00:00:00Z", "order.delivered": "2026-11-01T00:00:00Z"}',
            "It lies before order.shipped",
        ),
    ],
)
def test_facts_that_cannot_be_read_are_named_and_kept(signed_in, facts: str, said: str) -> None:
    answer = signed_in().post("/clock/board", {"facts": facts}, headers=HTMX)
    assert answer.status_code == 422
    assert said in _html(answer)


@pytest.mark.parametrize("minutes", ["-5", "x", "9" * 30, "999999999"])
def test_a_position_off_the_line_is_no_error(signed_in, minutes: str) -> None:
    form = {"facts": json.dumps(MODELS["ebay"]), "begins": "9999-12-31T00:00:00Z", "moved": "1", "minutes": minutes}
    assert signed_in().post("/clock/board", form, headers=HTMX).status_code == 200


def test_two_countries_stand_side_by_side(signed_in) -> None:
    page = _html(signed_in().get("/rules/compare?left=DE&right=FR"))
    assert "Germany" in page
    assert "FR-GUAR-REPAIR" in page
    assert "EU-WD-14" not in page
    assert "EU-WD-14" in _html(signed_in().get("/rules/compare?left=DE&right=FR&alike=1"))


@pytest.mark.parametrize("query", ["left=xx&right=ebay", "left=ebay&right=amazon&on=2026-13-45"])
def test_an_unknown_side_or_day_is_an_empty_or_todays_comparison(signed_in, query: str) -> None:
    assert signed_in().get(f"/rules/compare?{query}").status_code == 200


def test_two_versions_of_a_rule_are_compared(signed_in) -> None:
    page = _html(signed_in().get("/rules/AMZ-FBM-REFUND/versions?a=open&b=2026-01-26"))
    assert "business_days: " in page
    assert "<ins>" in page
    assert signed_in().get("/rules/NO-SUCH/versions").status_code == 404


def test_the_case_page_names_the_break_even_the_plan_and_the_reasons(signed_in, make_case) -> None:
    case = make_case("I have changed my mind and would like to send it back.", leaf="change_of_mind")
    page = _html(signed_in().get(f"/cases/C-{case.number}"))
    assert "break-even" in page
    assert "Below" in page
    assert 'class="because"' in page
    assert "Offer first" in page
    assert "a stated prior, our estimate" in page
