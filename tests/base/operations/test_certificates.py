"""The local authority: what it signs is trusted for local names, renewed in time, and for nothing else."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from amends.base.operations import certificates
from amends.base.operations.addresses import Reachable, here, in_url, lan
from amends.base.operations.errors import OperationError
from tests.tls import handshake

HERE = Reachable(
    ("localhost", "desk", "desk.local"), (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("10.1.2.3"))
)
NOW = datetime.now(UTC)  # a handshake is judged by the real clock, which cannot be passed in


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def test_a_device_that_installed_the_authority_trusts_the_server(folder):
    pair = certificates.ensure_local(folder, HERE, NOW)
    for name in ("localhost", "desk", "desk.local", "127.0.0.1", "10.1.2.3"):
        assert handshake(pair, certificates.authority_path(folder), name) == "trusted"
    assert "not valid for" in handshake(pair, certificates.authority_path(folder), "elsewhere.example")


def test_keys_are_private(folder):
    pair = certificates.ensure_local(folder, HERE, NOW)
    assert [p.stat().st_mode & 0o777 for p in (pair.key, folder / "ca.key")] == [0o600, 0o600]


def test_the_authority_cannot_vouch_for_the_wide_world(folder):
    """Even with the stolen key of the authority, a certificate for a bank is not believed."""
    certificates.ensure_local(folder, HERE, NOW)
    ca = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    ca_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    forged = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bank.example")]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(hours=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("bank.example")]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    (folder / "forged.crt").write_bytes(forged.public_bytes(serialization.Encoding.PEM))
    (folder / "forged.key").write_bytes(certificates._key_bytes(key))
    pair = certificates.Pair(folder / "forged.crt", folder / "forged.key")
    assert "permitted subtree violation" in handshake(pair, folder / "ca.crt", "bank.example")


def test_the_certificate_is_kept_until_something_changes(folder):
    pair = certificates.ensure_local(folder, HERE, NOW)
    first = pair.certificate.read_bytes()
    certificates.ensure_local(folder, HERE, NOW + timedelta(days=1))
    assert pair.certificate.read_bytes() == first

    certificates.ensure_local(folder, HERE, NOW + timedelta(days=certificates.SERVER_DAYS - 29))
    renewed = pair.certificate.read_bytes()
    assert renewed != first

    authority = (folder / "ca.crt").read_bytes()
    moved = Reachable(HERE.names, (ipaddress.ip_address("192.168.7.7"),))
    certificates.ensure_local(folder, moved, NOW)
    assert "192.168.7.7" in certificates.facts_of(pair.certificate).hosts
    assert (folder / "ca.crt").read_bytes() == authority  # no device has to install anything again


def test_names_outside_the_authority_are_left_out(folder):
    certificates.ensure_local(folder, HERE, NOW).certificate.unlink()
    wide = Reachable(("localhost", "renamed"), (ipaddress.ip_address("10.1.2.3"), ipaddress.ip_address("203.0.113.5")))
    pair = certificates.ensure_local(folder, wide, NOW)
    assert certificates.facts_of(pair.certificate).hosts == ("localhost", "10.1.2.3")


def _self_signed(folder, key, *, ends: timedelta = timedelta(days=30), starts: timedelta = timedelta(days=-1)):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk.example")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW + starts)
        .not_valid_after(NOW + ends)
        .sign(key, hashes.SHA256())
    )
    path = folder / "given.crt"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path


def _pem(key, form=serialization.PrivateFormat.PKCS8, password: bytes | None = None) -> bytes:
    hiding = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, hiding)


def test_given_files_are_used_where_they_are(folder):
    key = rsa.generate_private_key(65537, 2048)
    certificate = _self_signed(folder, key)
    (folder / "k.pem").write_bytes(_pem(key))
    assert certificates.given(folder, certificate, folder / "k.pem", NOW) == certificates.Pair(
        certificate, folder / "k.pem"
    )


def test_an_older_key_format_is_rewritten_privately(folder):
    key = rsa.generate_private_key(65537, 2048)
    certificate = _self_signed(folder, key)
    (folder / "k.pem").write_bytes(_pem(key, serialization.PrivateFormat.TraditionalOpenSSL))
    pair = certificates.given(folder, certificate, folder / "k.pem", NOW)
    assert pair.key.read_bytes() == _pem(key)
    assert pair.key.stat().st_mode & 0o777 == 0o600


def _wrong_key(folder, _key):
    (folder / "k.pem").write_bytes(_pem(ec.generate_private_key(ec.SECP256R1())))


def _no_key(folder, _key):
    (folder / "k.pem").write_text("hello")


def _protected(folder, key):
    (folder / "k.pem").write_bytes(_pem(key, password=b"secret"))


def _no_file(_folder, _key):
    pass


def _no_certificate(folder, key):
    (folder / "k.pem").write_bytes(_pem(key))
    (folder / "given.crt").write_text("-----BEGIN NOTHING-----")


def _expired(folder, key):
    (folder / "k.pem").write_bytes(_pem(key))
    _self_signed(folder, key, ends=timedelta(minutes=-1))


def _early(folder, key):
    (folder / "k.pem").write_bytes(_pem(key))
    _self_signed(folder, key, starts=timedelta(days=2))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_wrong_key, "tls_mismatch"),
        (_no_key, "tls_no_key"),
        (_protected, "tls_key_protected"),
        (_no_file, "tls_unreadable"),
        (_no_certificate, "tls_no_certificate"),
        (_expired, "tls_expired"),
        (_early, "tls_not_yet_valid"),
    ],
)
def test_files_that_cannot_serve_are_named(folder, spoil, code):
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _self_signed(folder, key)
    spoil(folder, key)
    with pytest.raises(OperationError) as caught:
        certificates.given(folder, certificate, folder / "k.pem", NOW)
    assert caught.value.code == code
    assert caught.value.where in (str(certificate), str(folder / "k.pem"))


@pytest.mark.enable_socket  # connecting a datagram socket sends nothing; it tells our address on that route
def test_this_machine_has_a_name_and_a_loopback():
    found = here()
    assert found.names[0] == "localhost"
    assert ipaddress.ip_address("127.0.0.1") in found.addresses
    assert lan(Reachable((), (ipaddress.ip_address("::1"), ipaddress.ip_address("fd00::1")))) == ipaddress.ip_address(
        "fd00::1"
    )
    assert lan(Reachable((), (ipaddress.ip_address("127.0.0.1"),))) is None
    assert (in_url(ipaddress.ip_address("fd00::1")), in_url(ipaddress.ip_address("10.0.0.1"))) == (
        "[fd00::1]",
        "10.0.0.1",
    )
