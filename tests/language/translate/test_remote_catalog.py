"""The catalogue of remote engines, the addresses they may have, and TLS."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from amends.language.translate.core.engine import Ask, EngineFailed, Term
from amends.language.translate.engines.catalog import ENGINES, BadField, Leaves, build
from amends.language.translate.engines.http import address_problem, is_loopback
from amends.language.translate.engines.marks import marked, unmarked
from amends.language.translate.ports import MTEngine
from tests.language.translate import fake_services as fake
from tests.language.translate.remote_engines import engine

GOOD = {
    "deepl": {"key": "abc:fx"},
    "google": {"key": "abc"},
    "azure": {"key": "abc", "region": "westeurope"},
    "amazon": {"access_key": fake.ACCESS, "secret_key": "abc", "region": "eu-west-1"},
    "libre": {"address": "http://localhost:5000"},
    "openai": {"model": "llama3.2:3b", "address": "http://localhost:11434/v1", "languages": "en, de,zh"},
}


@pytest.mark.parametrize("kind", ENGINES)
def test_each_kind_is_built_from_its_fields(kind):
    made = build(kind, GOOD[kind])
    row = ENGINES[kind]
    assert isinstance(made, MTEngine)
    assert made.id == row.id == kind
    assert made.external is (row.leaves is Leaves.ALWAYS)  # the others are on loopback here
    assert row.homepage.startswith("https://")
    assert row.trap.endswith(".")
    assert row.trap.count(". ") == 0
    assert set(GOOD[kind]) <= {field.name for field in row.fields}


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("deepl", {"key": " "}, "key"),
        ("deepl", {"key": "a b"}, "key"),
        ("deepl", {"key": "秘密"}, "key"),
        ("deepl", {"glossary": "../x"}, "glossary"),
        ("deepl", {"glossary": "abc", "glossary_pair": "en-xx"}, "glossary_pair"),
        ("deepl", {"glossary_pair": "en-de"}, "glossary"),
        ("deepl", {"more_languages": "perhaps"}, "more_languages"),
        ("deepl", {"colour": "red"}, "colour"),
        ("deepl", {"address": "http://api.deepl.com"}, "address"),
        ("google", {"token": "abc"}, "key"),
        ("google", {"key": ""}, "key"),
        ("google", {"key": "", "token": "abc"}, "project"),
        ("google", {"glossary": "abc"}, "glossary"),
        ("google", {"key": "", "token": "abc", "project": "p", "glossary": "abc"}, "glossary"),
        ("google", {"project": "a/b"}, "project"),
        ("azure", {"region": "West Europe"}, "region"),
        ("amazon", {"region": "evil.example/"}, "region"),
        ("amazon", {"access_key": "short"}, "access_key"),
        ("libre", {"address": ""}, "address"),
        ("libre", {"address": "http://user:pass@localhost:5000"}, "address"),
        ("openai", {"model": ""}, "model"),
        ("openai", {"languages": "en, tlh"}, "languages"),
        ("openai", {"schema": "maybe"}, "schema"),
        ("babelfish", {}, "kind"),
    ],
)
def test_a_bad_field_is_named_and_its_value_is_not(kind, change, field):
    with pytest.raises(BadField) as caught:
        build(kind, {**GOOD.get(kind, {}), **change})
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")
    assert all(value not in str(caught.value) for value in change.values() if len(value) > 4)


@pytest.mark.parametrize(
    "address",
    [
        "https://api.deepl.com",
        "https://proxy.example:8443/deepl",
        "http://127.0.0.1:5000",
        "http://[::1]:5000",
        "http://localhost",
        "http://192.168.1.9:5000",
        "http://10.0.0.7",
        "http://libretranslate:5000",
        "http://box.local:5000",
    ],
)
def test_addresses_that_may_be_called(address):
    assert address_problem(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "",
        "api.deepl.com",
        "ftp://localhost/",
        "file:///etc/passwd",
        "http://api.deepl.com",
        "http://8.8.8.8",
        "https://user:pass@api.deepl.com",
        "https://api.deepl.com/?key=1",
        "https://api.deepl.com/#x",
        "http://169.254.169.254/latest",
        "http://0.0.0.0:5000",
        "http://[::1",
        "https://a.example:99999",
        "https://a.example/\n",
        "https://exämple.example",
    ],
)
def test_addresses_that_may_not(address):
    assert address_problem(address)
    with pytest.raises(ValueError, match="address of"):
        engine("libre", address)


def test_loopback():
    assert is_loopback("http://127.9.9.9:1")
    assert is_loopback("https://[::1]")
    assert not is_loopback("http://10.0.0.1")
    assert not is_loopback("https://localhost.example")


def _certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "own.pem"
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *form) + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path):
    got: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(self.path)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with pytest.raises(EngineFailed) as caught:
            engine("deepl", f"https://127.0.0.1:{server.server_port}").translate(Ask(("Hello",), "en", "de"))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert caught.value.code == "unreachable"
    assert got == []


# --- marks ---


def _tag(_word, wanted):
    return f"<x>{wanted}</x>"


@pytest.mark.parametrize(
    ("text", "source", "terms", "expected"),
    [
        ("Refund the REFUND fee", "en", [Term("refund", "Erstattung")], ["Erstattung", "Erstattung"]),
        ("refunded", "en", [Term("refund", "Erstattung")], []),
        ("refunds", "en", [Term("refund", "Erstattung", ("refunds",))], ["Erstattung"]),
        ("refund fee", "en", [Term("refund", "A"), Term("refund fee", "B")], ["B"]),
        ("我要退款吗", "zh", [Term("退款", "refund")], ["refund"]),
        ("환불을 원해요", "ko", [Term("환불", "refund")], ["refund"]),
        ("कमी", "hi", [Term("कम", "less")], []),
        ("C++ wins", "en", [Term("C++", "")], ["C++"]),
        ("a <x>b</x> & c", "en", [Term("b", "B&B")], ["B&B"]),
        ("nothing", "en", [Term(" ", "x")], []),
    ],
)
def test_marks_find_whole_words_and_come_off_again(text, source, terms, expected):
    made, hits = marked(text, terms, source, _tag)
    assert hits == len(expected)
    plain = unmarked(made, "x")
    assert all(word in plain for word in expected)
    if not expected:
        assert plain == text
