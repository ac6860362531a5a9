"""Language over the API: detect, understand, gist, translate, check; and what is refused."""

from __future__ import annotations

import pytest

from amends.base.accounts.core import Permission
from tests.faces.api.conftest import Api, MakeToken, codes

pytestmark = pytest.mark.django_db
COMPLAINT = "Olá, o vaso chegou quebrado e quero meu dinheiro de volta."


def test_a_language_and_its_parts(api: Api) -> None:
    found = api.post("/language/detect", {"text": f"{COMPLAINT} 请尽快处理这个订单。"}).json()
    assert found["language"] == "pt"
    assert {span["language"] for span in found["spans"]} == {"pt", "zh"}
    assert api.post("/language/detect", {"text": "😡😡"}).json()["language"] == "und"


def test_what_is_meant(api: Api) -> None:
    read = api.post("/language/understand", {"text": COMPLAINT}).json()
    assert read["language"] == "pt"
    assert read["leaf"] == "damaged"
    assert read["demands"][0]["kind"] == "refund"
    assert read["nearest_anchors"]


def test_a_gist_says_that_it_is_none(api: Api) -> None:
    card = api.post("/language/gist", {"text": COMPLAINT, "reader": "zh"}).json()
    assert card["is_translation"] is False


def test_a_pair_that_nothing_serves_comes_back_as_a_gist(api: Api) -> None:
    answer = api.post("/language/translate", {"text": "ランプが割れて届きました。", "target": "en"}).json()
    assert answer["kind"] == "gist"


def test_what_may_not_be_said_and_by_which_rule(api: Api) -> None:
    text = "Thank you. Leave us a review and we send you 5 dollars back."
    checked = api.post("/guard/check", {"text": text, "platform": "amazon", "country": "US"}).json()
    assert checked["verdict"] == "block"
    first = checked["findings"][0]
    assert (first["rule"], first["phrase"]) == ("GUARD-REVIEW-REWARD", text[11:])
    assert all(cite["url"] for cite in first["cites"])
    assert api.post("/guard/check", {"text": "Your parcel left today."}).json()["verdict"] == ""


def test_the_matrix_names_every_language(api: Api) -> None:
    rows = api.get("/language/matrix").json()["languages"]
    assert len(rows) == 69
    assert sum(row["templates"] == 1 for row in rows) >= 52


@pytest.mark.parametrize("path", ["/language/detect", "/language/understand", "/language/gist", "/guard/check"])
def test_bad_bodies_name_the_field(api: Api, path: str) -> None:
    assert api.post(path, {}).status_code == 422
    assert api.post(path, {"text": "a" * 100_001}).status_code == 422
    assert api.post(path, {"text": "a", "colour": "red"}).status_code == 422
    assert codes(api.post(path, {})) != []


def test_rights_are_asked_for(make_token: MakeToken) -> None:
    reader = Api(make_token(Permission.CASE_READ))
    assert reader.post("/language/detect", {"text": COMPLAINT}).status_code == 200
    assert reader.post("/language/translate", {"text": COMPLAINT, "target": "en"}).status_code == 403
    assert Api().post("/guard/check", {"text": "a"}).status_code == 401
