"""What remote engines make of everything that goes wrong: one code, no key, no word of the buyer."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from amends.language.translate.core.engine import EngineFailed
from tests.language.translate import fake_services as fake
from tests.language.translate.fake_server import Canned
from tests.language.translate.remote_engines import ASK, FAKES, HASTY, WORDS, desk, engine

ECHO = {"error": {"code": 400, "message": f"{WORDS} {fake.KEY}"}, "message": f"{WORDS} {fake.KEY}"}


def _mute(failure: EngineFailed) -> None:
    told = [str(failure), repr(failure), "".join(traceback.format_exception(failure))]
    assert failure.__cause__ is None
    assert failure.__context__ is None
    for text in told:
        assert "Zanzibar" not in text
        assert fake.KEY not in text


def _failure(made) -> EngineFailed:
    with pytest.raises(EngineFailed) as caught:
        made.translate(ASK)
    return caught.value


@pytest.mark.parametrize(
    ("canned", "code"),
    [
        (Canned(401, ECHO), "refused"),
        (Canned(403, ECHO), "refused"),
        (Canned(400, {**ECHO, "error": {"message": WORDS + fake.KEY}}), "refused"),
        (Canned(402, ECHO), "quota"),
        (Canned(413, ECHO), "too_long"),
        (Canned(456, ECHO), "quota"),
        (Canned(302, b"", {"Location": "https://elsewhere.example/"}), "bad_answer"),
        (Canned(200, b"<html>Zanzibar"), "bad_answer"),
        (Canned(200, b""), "bad_answer"),
        (Canned(200, b"[" * 60_000), "bad_answer"),
        (Canned(200, b"\x1f\x8b junk", {"Content-Encoding": "gzip"}), "bad_answer"),
        (Canned(200, {}), "bad_answer"),
        (Canned(200, []), "bad_answer"),
        (Canned(200, "Zanzibar"), "bad_answer"),
        (Canned(200, b"x" * 200_000), "bad_answer"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.status),
)
@pytest.mark.parametrize("name", FAKES)
def test_one_attempt_is_enough_to_know(name, canned, code, caplog):
    caplog.set_level(logging.DEBUG)
    naps: list[float] = []
    with desk(name, naps) as (made, service):
        service.canned = [canned]
        failure = _failure(made)
    assert failure.code == code
    assert naps == []
    assert len(service.got) == 1
    _mute(failure)
    assert "Zanzibar" not in caplog.text
    assert fake.KEY not in caplog.text


@pytest.mark.parametrize("canned", [Canned(200, {}, delay=0.6), Canned(200, b" " * 60, drip=0.01)])
@pytest.mark.parametrize("name", ["deepl", "amazon", "openai"])
def test_what_is_late_or_drips_is_not_waited_for(name, canned):
    naps: list[float] = []
    with desk(name, naps, HASTY) as (made, service):
        service.canned = [canned]
        failure = _failure(made)
    assert failure.code == "timeout"
    assert naps == []  # it may have been translated, and paid for
    _mute(failure)


@pytest.mark.parametrize("name", FAKES)
@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_a_busy_service_is_asked_again(name, status):
    naps: list[float] = []
    with desk(name, naps) as (made, service):
        service.canned = [Canned(status, ECHO), Canned(status, ECHO, {"Retry-After": "2"})]
        assert len(made.translate(ASK).segments) == 3
    assert naps == [0.5, 2.0]
    assert service.wrong == []


@pytest.mark.parametrize("name", FAKES)
@pytest.mark.parametrize(("status", "code"), [(429, "quota"), (500, "unreachable"), (503, "unreachable")])
def test_but_not_for_ever(name, status, code):
    naps: list[float] = []
    with desk(name, naps) as (made, service):
        service.canned = [Canned(status, ECHO) for _ in range(9)]
        failure = _failure(made)
    assert failure.code == code
    assert naps == [0.5, 1.0]
    assert len(service.got) == 3
    _mute(failure)


def test_a_long_pause_is_not_waited_for():
    naps: list[float] = []
    with desk("deepl", naps) as (made, service):
        service.canned = [Canned(429, b"", {"Retry-After": "3600"})]
        assert _failure(made).code == "quota"
        late = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
        service.canned = [Canned(503, b"", {"Retry-After": late})]
        assert _failure(made).code == "unreachable"
        assert naps == []
        service.canned = [Canned(503, b"", {"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"})]
        made.translate(ASK)
        service.canned = [Canned(503, b"", {"Retry-After": "soon"})]
        made.translate(ASK)
    assert naps == [0.0, 0.5]


@pytest.mark.parametrize("name", FAKES)
def test_hanging_up_is_tried_again_then_unreachable(name):
    naps: list[float] = []
    with desk(name, naps) as (made, service):
        service.canned = [Canned(0)]
        assert len(made.translate(ASK).segments) == 3
        service.canned = [Canned(0)] * 3
        failure = _failure(made)
    assert failure.code == "unreachable"
    _mute(failure)


@pytest.mark.parametrize("name", [name for name in FAKES if name != "libre"])
def test_nobody_there(name):
    failure = _failure(engine(name, "http://127.0.0.1:9"))
    assert failure.code == "unreachable"
    _mute(failure)


@pytest.mark.parametrize("name", [name for name in FAKES if name != "amazon"])
def test_a_key_that_no_header_can_carry(name):
    """Libre carries it in the body, where the server refuses it like any wrong one."""
    field = "token" if name == "google" else "key"
    with desk(name, **{field: f"{fake.KEY}\n漢"}) as (made, _service):
        failure = _failure(made)
    assert failure.code == "refused"
    _mute(failure)


@pytest.mark.parametrize("name", FAKES)
def test_a_wrong_key(name):
    field = {"amazon": "secret_key", "google": "token"}.get(name, "key")
    with desk(name, **{field: "another"}) as (made, service):
        failure = _failure(made)
    assert failure.code == "refused"
    assert len(service.wrong) == 1
    _mute(failure)


def _rows(count, *, text="Hallo"):
    return {
        "deepl": {"translations": [{"text": text}] * count},
        "google": {"translations": [{"translatedText": text}] * count},
        "google_key": {"data": {"translations": [{"translatedText": text}] * count}},
        "azure": [{"translations": [{"text": text}]}] * count,
        "libre": {"translatedText": [text] * count},
        "openai": {
            "choices": [{"finish_reason": "stop", "message": {"content": json.dumps({"segments": [text] * count})}}]
        },
    }


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("name", [name for name in FAKES if name != "amazon"])
def test_another_number_of_texts(name, count):
    with desk(name) as (made, service):
        service.canned = [Canned(200, _rows(2)[name])]
        assert made.translate(ASK).segments == ("Hallo", "  Hallo\n", "")
        service.canned = [Canned(200, _rows(count)[name])]
        failure = _failure(made)
    assert failure.code == "bad_answer"
    _mute(failure)


@pytest.mark.parametrize("text", [None, 5, ["Hallo"], {"text": "Hallo"}])
@pytest.mark.parametrize("name", FAKES)
def test_something_else_than_a_text(name, text):
    body = {**_rows(2, text=text), "amazon": {"TranslatedText": text}}[name]
    with desk(name) as (made, service):
        service.canned = [Canned(200, body)] * 2
        assert _failure(made).code == "bad_answer"


@pytest.mark.parametrize(
    ("name", "canned", "code", "calls"),
    [
        ("deepl", Canned(456, {"message": "Quota for this billing period has been exceeded."}), "quota", 1),
        ("deepl", Canned(400, {"message": "Value for 'target_lang' not supported."}), "no_pair", 1),
        ("google", Canned(403, {"error": {"errors": [{"reason": "dailyLimitExceeded"}]}}), "quota", 1),
        ("google", Canned(403, {"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}), "quota", 3),
        ("google", Canned(400, {"error": {"message": "Text is too long."}}), "too_long", 1),
        ("google_key", Canned(400, {"error": {"message": "Invalid target language."}}), "no_pair", 1),
        ("azure", Canned(403, {"error": {"code": 403001, "message": "Out of free quota."}}), "quota", 1),
        ("azure", Canned(400, {"error": {"code": 400036, "message": "-"}}), "no_pair", 1),
        ("azure", Canned(400, {"error": {"code": "400077", "message": "-"}}), "too_long", 1),
        ("azure", Canned(401, {"error": {"code": "Unauthorized", "message": "-"}}), "refused", 1),
        ("amazon", Canned(400, {"__type": "ThrottlingException"}), "quota", 3),
        ("amazon", Canned(400, {"__type": "com.amazonaws.translate#TooManyRequestsException"}), "quota", 3),
        ("amazon", Canned(400, {"__type": "TextSizeLimitExceededException:http://x"}), "too_long", 1),
        ("amazon", Canned(400, {"__type": "UnsupportedLanguagePairException"}), "no_pair", 1),
        ("amazon", Canned(400, {"__type": "ExpiredTokenException"}), "refused", 1),
        ("libre", Canned(400, {"error": "Invalid request: request (9) exceeds text limit (5)"}), "too_long", 1),
        ("libre", Canned(400, {"error": "de is not supported"}), "no_pair", 1),
        ("libre", Canned(200, {"translatedText": "🐣", "alternatives": []}), "bad_answer", 1),
        ("openai", Canned(429, {"error": {"code": "insufficient_quota"}}), "quota", 1),
        ("openai", Canned(429, {"error": {"code": "rate_limit_exceeded"}}), "quota", 3),
        ("openai", Canned(400, {"error": {"code": "context_length_exceeded"}}), "too_long", 1),
        ("openai", Canned(404, {"error": {"code": "model_not_found"}}), "refused", 1),
    ],
)
def test_the_service_s_own_words_for_it(name, canned, code, calls):
    with desk(name) as (made, service):
        service.canned = [canned] * 3
        failure = _failure(made)
    assert failure.code == code
    assert len(service.got) == calls
    _mute(failure)


def test_whatever_an_engine_throws_becomes_its_failure(monkeypatch):
    made = engine("deepl", "http://127.0.0.1:9")
    monkeypatch.setattr(made, "send", lambda *_: {}[WORDS])
    failure = _failure(made)
    assert failure.code == "crashed"
    _mute(failure)


@pytest.mark.parametrize("name", FAKES)
def test_settings_do_not_show_their_secrets(name):
    made = engine(name, "http://127.0.0.1:9")
    assert fake.KEY not in repr(made._settings)
