"""Signatures that hold for the right secret and the right five minutes, and addresses that may be called."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.base.webhooks import core

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TEXT = core.body("case.opened", "evt_1", NOW, {"case": "C-1001", "note": "破损"})
SECRET, OLD = "whsec_" + "n" * 32, "whsec_" + "o" * 32


def test_the_signature_is_what_the_documentation_says() -> None:
    assert TEXT == (
        '{"id":"evt_1","event":"case.opened","at":"2026-11-20T02:00:00.000+00:00",'
        '"data":{"case":"C-1001","note":"破损"}}'
    )
    mark = hmac.new(SECRET.encode(), b"1795140000." + TEXT.encode(), hashlib.sha256).hexdigest()
    assert core.sign(TEXT, [SECRET, ""], NOW) == f"t=1795140000,v1={mark}"


def test_during_a_rotation_both_secrets_sign() -> None:
    header = core.sign(TEXT, [SECRET, OLD], NOW)
    assert header.count("v1=") == 2
    for held in ([SECRET], [OLD], [SECRET, OLD]):
        assert core.verify(TEXT, header, held, NOW)
    assert not core.verify(TEXT, header, ["whsec_" + "x" * 32], NOW)
    assert not core.verify(TEXT, core.sign(TEXT, [SECRET], NOW), [OLD], NOW)


@pytest.mark.parametrize(("seconds", "holds"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)])
def test_a_signature_is_good_for_five_minutes(seconds: int, holds: bool) -> None:
    header = core.sign(TEXT, [SECRET], NOW)
    assert core.verify(TEXT, header, [SECRET], NOW + timedelta(seconds=seconds)) is holds


@pytest.mark.parametrize(
    "header",
    [
        "",
        "v1=abc",
        "t=1795140000",
        "t=,v1=a",
        "t=x,v1=a",
        "t=1,t=2,v1=a",
        "t=²,v1=a",
        "t=-5,v1=a",
        "t=" + "9" * 99,
        "t=1795140000,v1=é",
        "t=1795140000,v0=a",
    ],
)
def test_a_malformed_header_is_refused_and_not_an_error(header: str) -> None:
    assert core.verify(TEXT, header, [SECRET], NOW) is False


@given(st.text(), st.text(min_size=1), st.text(min_size=1), st.integers(0, 2_000_000_000))
def test_only_the_same_text_and_secret_verify(text: str, secret: str, other: str, moment: int) -> None:
    at = datetime.fromtimestamp(moment, tz=UTC)
    header = core.sign(text, [secret], at)
    assert core.verify(text, header, [secret], at)
    assert not core.verify(text + "x", header, [secret], at)
    assert core.verify(text, header, [other], at) is (other == secret)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.255.0.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",  # noqa: S104 - addresses to be refused
     "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0",
     "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
     "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "2001:db8::1"],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert core.is_public(address) is False


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_outside_are_public(address: str) -> None:
    assert core.is_public(address) is True


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://hooks.example/a?b=c", None),
        ("https://hooks.example:8443/", None),
        ("https://8.8.8.8/", None),
        ("http://hooks.example/", "webhook_url_needs_https"),
        ("ftp://hooks.example/", "webhook_url_needs_https"),
        ("file:///etc/passwd", "webhook_url_needs_https"),
        ("hooks.example", "webhook_url_needs_https"),
        ("https://", "webhook_url_malformed"),
        ("https://user:word@hooks.example/", "webhook_url_malformed"),
        ("https://hooks.example/#part", "webhook_url_malformed"),
        ("https://hooks.example:99999/", "webhook_url_malformed"),
        ("https://[::1/", "webhook_url_malformed"),
        ("https://127.0.0.1/", "webhook_url_private"),
        ("https://[::1]/", "webhook_url_private"),
        ("https://LOCALHOST/", "webhook_url_private"),
        ("https://a.localhost/", "webhook_url_private"),
        ("https://169.254.169.254/latest/meta-data", "webhook_url_private"),
    ],
)
def test_addresses_of_endpoints(url: str, code: str | None) -> None:
    problem = core.url_problem(url, allow_private=False)
    assert (problem.code if problem else None) == code


def test_inside_the_own_network_plain_http_is_allowed_when_the_setting_says_so() -> None:
    assert core.url_problem("http://127.0.0.1:8000/hook", allow_private=True) is None
    assert core.url_problem("ftp://127.0.0.1/", allow_private=True) is not None
