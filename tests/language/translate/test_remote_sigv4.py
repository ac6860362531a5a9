"""Amazon's signature against the published test suite of version 4 (credentials and clock of the suite)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from amends.language.translate.core.sigv4 import Call, Keys, signed

KEYS = Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
HOST = "example.amazonaws.com"
FORM = b"Param1=value1"


@pytest.mark.parametrize(
    ("call", "signature"),
    [
        (Call("GET", HOST), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (Call("POST", HOST), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            Call("GET", HOST, query=(("Param2", "value2"), ("Param1", "value1"))),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            Call(
                "POST",
                HOST,
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Content-Length": "13",
                    "x-amz-content-sha256": hashlib.sha256(FORM).hexdigest(),
                },
                body=FORM,
            ),
            "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
        ),
    ],
    ids=["get-vanilla", "post-vanilla", "get-vanilla-query-order-key-case", "post-x-www-form-urlencoded"],
)
def test_the_published_vectors(call, signature):
    headers = signed(call, KEYS, "us-east-1", "service", AT)
    scope = "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"
    assert headers["x-amz-date"] == "20150830T123600Z"
    assert headers["authorization"].startswith(f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=")
    assert headers["authorization"].endswith(f"Signature={signature}")


def test_the_clock_is_read_in_utc():
    elsewhere = AT.astimezone(timezone(timedelta(hours=8)))
    call = Call("GET", HOST)
    assert signed(call, KEYS, "us-east-1", "service", elsewhere) == signed(call, KEYS, "us-east-1", "service", AT)


def test_a_session_token_is_signed_too():
    keys = Keys("AKIDEXAMPLE", "secret", token="passing")
    headers = signed(Call("GET", HOST), keys, "us-east-1", "service", AT)
    assert headers["x-amz-security-token"] == "passing"
    assert "SignedHeaders=host;x-amz-date;x-amz-security-token" in headers["authorization"]


def test_blanks_in_a_header_count_once():
    plain = Call("GET", HOST, headers={"My-Header": "a b c"})
    wide = Call("GET", HOST, headers={"My-Header": "  a   b c "})
    assert signed(plain, KEYS, "us-east-1", "service", AT) == signed(wide, KEYS, "us-east-1", "service", AT)


def test_secrets_do_not_show():
    assert "secret" not in repr(Keys("AKIDEXAMPLE", "secret", token="secret"))
