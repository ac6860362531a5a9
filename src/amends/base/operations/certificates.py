"""Certificates for HTTPS on a local network: an authority of this installation's own, or files that were given.

The authority may sign only for local names and private addresses (RFC 5280 name constraints, critical), so a
telephone that trusts it trusts nothing else through it, even if its key were stolen.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from amends.base.operations.addresses import Reachable
from amends.base.operations.errors import OperationError
from amends.base.operations.home import write_private

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397  # Apple refuses longer ones
RENEW_BEFORE = timedelta(days=30)
_SKEW = timedelta(hours=1)  # a telephone's clock may be behind

_LOCAL_NAMES = ("localhost", "local", "lan", "internal", "home.arpa")
_LOCAL_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7")
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Files as the web server wants them: the certificate (chain) and its key in PKCS#8, both PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person needs to know of a certificate. `fingerprint` is SHA-256 in hexadecimal pairs."""

    subject: str
    not_after: datetime
    fingerprint: str
    hosts: tuple[str, ...]


def ensure_local(folder: Path, reachable: Reachable, now: datetime) -> Pair:
    """The server certificate for this machine, made or renewed when missing, near its end, or short of a name."""
    authority, authority_key = _ensure_authority(folder, reachable, now)
    pair = Pair(folder / "server.crt", folder / "server.key")
    permitted = _permitted(authority, reachable)
    if not _still_good(pair, authority, permitted, now):
        _make_server(pair, authority, authority_key, permitted, now)
    return pair


def authority_path(folder: Path) -> Path:
    return folder / "ca.crt"


def given(folder: Path, certificate: Path, key: Path, now: datetime) -> Pair:
    """Check files that were given, and use them where they are.

    A key in an older form is rewritten as PKCS#8 into `folder`. Raises OperationError naming the file.
    """
    leaf = _read_certificate(certificate)
    private = _read_key(key)
    if _public_bytes(leaf.public_key()) != _public_bytes(private.public_key()):
        raise OperationError("tls_mismatch", f"{key} is not the key of {certificate}", str(key))
    if leaf.not_valid_after_utc <= now:
        ended = leaf.not_valid_after_utc.date().isoformat()
        raise OperationError("tls_expired", f"{certificate} ended on {ended}", str(certificate), ended=ended)
    if leaf.not_valid_before_utc > now + _SKEW:
        starts = leaf.not_valid_before_utc.date().isoformat()
        raise OperationError("tls_not_yet_valid", f"{certificate} starts on {starts}", str(certificate), starts=starts)
    if b"-----BEGIN PRIVATE KEY-----" in key.read_bytes():
        return Pair(certificate, key)
    rewritten = folder / "given.key"
    write_private(rewritten, _key_bytes(private))
    return Pair(certificate, rewritten)


def facts_of(path: Path) -> Facts:
    certificate = _read_certificate(path)
    digest = certificate.fingerprint(hashes.SHA256()).hex().upper()
    return Facts(
        subject=certificate.subject.rfc4514_string(),
        not_after=certificate.not_valid_after_utc,
        fingerprint=":".join(digest[i : i + 2] for i in range(0, len(digest), 2)),
        hosts=_hosts(certificate),
    )


def _ensure_authority(
    folder: Path, reachable: Reachable, now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    path, key_path = authority_path(folder), folder / "ca.key"
    if path.exists() and key_path.exists():
        certificate, key = _read_certificate(path), _read_key(key_path)
        enough = certificate.not_valid_after_utc > now + timedelta(days=SERVER_DAYS)
        if isinstance(key, ec.EllipticCurvePrivateKey) and enough:
            return certificate, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Amends on {reachable.names[-1]}"[:64])])
    own = [n for n in reachable.names if not _is_local_name(n)]
    certificate = (
        _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.NameConstraints(
                permitted_subtrees=[
                    *(x509.DNSName(n) for n in (*_LOCAL_NAMES, *own)),
                    *(x509.IPAddress(n) for n in _LOCAL_NETWORKS),
                ],
                excluded_subtrees=None,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    write_private(key_path, _key_bytes(key))
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _make_server(
    pair: Pair, authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey, names: Reachable, now: datetime
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names.names[0])])
    alternatives = [*(x509.DNSName(n) for n in names.names), *(x509.IPAddress(a) for a in names.addresses)]
    certificate = (
        _builder(subject, authority.subject, key.public_key(), now, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    write_private(pair.key, _key_bytes(key))
    pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _still_good(pair: Pair, authority: x509.Certificate, names: Reachable, now: datetime) -> bool:
    if not (pair.certificate.exists() and pair.key.exists()):
        return False
    certificate = _read_certificate(pair.certificate)
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    wanted = {*names.names, *(str(a) for a in names.addresses)}
    return certificate.not_valid_after_utc > now + RENEW_BEFORE and wanted <= set(_hosts(certificate))


def _permitted(authority: x509.Certificate, reachable: Reachable) -> Reachable:
    """The part of this machine's names that the authority may sign for; a renamed machine keeps its old authority."""
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    trees = constraints.permitted_subtrees or []
    domains = [t.value for t in trees if isinstance(t, x509.DNSName)]
    networks = [ipaddress.ip_network(str(t.value)) for t in trees if isinstance(t, x509.IPAddress)]
    names = tuple(n for n in reachable.names if any(n == d or n.endswith(f".{d}") for d in domains))
    inside = [a for a in reachable.addresses if any(a.version == n.version and a in n for n in networks)]
    return Reachable(names, tuple(inside))


def _is_local_name(name: str) -> bool:
    return any(name == local or name.endswith(f".{local}") for local in _LOCAL_NAMES)


def _hosts(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return (
        *names.get_values_for_type(x509.DNSName),
        *(str(a) for a in names.get_values_for_type(x509.IPAddress)),
    )


def _read_certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        raise OperationError("tls_unreadable", f"{path} cannot be read: {error.strerror}", str(path)) from error
    except ValueError as error:
        raise OperationError("tls_no_certificate", f"{path} holds no PEM certificate", str(path)) from error


def _read_key(path: Path) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise OperationError("tls_unreadable", f"{path} cannot be read: {error.strerror}", str(path)) from error
    except TypeError as error:
        message = f"{path} is protected by a password; the server needs a key without one"
        raise OperationError("tls_key_protected", message, str(path)) from error
    except ValueError as error:
        raise OperationError("tls_no_key", f"{path} holds no PEM private key", str(path)) from error


def _key_bytes(key: PrivateKeyTypes) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_bytes(key: object) -> bytes:
    encoded: bytes = key.public_bytes(  # type: ignore[attr-defined]  # every public key type has it
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded
