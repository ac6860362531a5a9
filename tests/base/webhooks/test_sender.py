"""Whom the sender calls: the address that was checked, with the certificate of the name that was asked for."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from amends.base.webhooks import sender
from amends.base.webhooks.core import Answer
from tests.base.webhooks.conftest import Receiver, serve


def _to(*addresses: str) -> sender.Resolver:
    return lambda _host, _port: list(addresses)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.7"], ["::ffff:192.168.0.1"]])
def test_a_name_that_leads_inside_is_not_called(addresses: list[str]) -> None:
    answer = sender.post("https://hooks.example/", "{}", {}, allow_private=False, resolver=_to(*addresses))
    assert answer == Answer(None, "webhook_url_private")


def test_a_name_without_address_is_a_reason_not_an_error() -> None:
    def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError("unknown name")

    answer = sender.post("https://hooks.example/", "{}", {}, allow_private=False, resolver=nowhere)
    assert answer == Answer(None, "name not found: unknown name")
    assert sender.post("https://h.example/", "{}", {}, allow_private=False, resolver=_to()).error == "name not found"


def test_the_name_is_sent_although_the_address_is_called(receiver: Receiver) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    url = f"http://hooks.example:{port}/path?q=1"
    # The first address does not answer, so the second is tried.
    answer = sender.post(url, "é", {"X-One": "1"}, allow_private=True, resolver=_to("::1", "127.0.0.1"))
    assert answer == Answer(200)
    ((headers, body),) = receiver.got
    assert (headers["Host"], headers["X-One"], body) == (f"hooks.example:{port}", "1", "é")


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [302]
    assert sender.post(receiver.url, "{}", {}, allow_private=True) == Answer(302)
    assert len(receiver.got) == 1


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[int, ssl.SSLContext]]:
    """A server with a certificate for hooks.example, and a client's trust in it."""
    pem = _certificate("hooks.example")
    (tmp_path / "server.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    server = serve(Receiver())
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port, ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
    server.shutdown()
    server.server_close()
    thread.join()


def _certificate(name: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    begin = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def test_the_certificate_must_fit_the_name_not_the_address(secure: tuple[int, ssl.SSLContext]) -> None:
    port, trust = secure

    def call(host: str) -> Answer:
        return sender.post(
            f"https://{host}:{port}/", "{}", {}, allow_private=True, resolver=_to("127.0.0.1"), trust=trust
        )

    assert call("hooks.example") == Answer(200)
    wrong = call("other.example")
    assert wrong.code is None
    assert "certificate" in wrong.error.lower()


def test_the_machines_own_resolver_gives_each_address_once() -> None:
    found = sender.resolve("localhost", 80)
    assert len(found) == len(set(found))
    assert all(ipaddress.ip_address(address).is_loopback for address in found)
