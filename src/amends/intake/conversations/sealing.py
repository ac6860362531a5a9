"""Server addresses with passwords, encrypted at rest with a key made from the installation's SECRET_KEY.

A copied database is then useless without the key file; a changed SECRET_KEY makes accounts unreadable, which is
reported as such, and SECRET_KEY_FALLBACKS are tried for a rotation.
"""

from __future__ import annotations

import base64
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes

_PURPOSE = b"amends mail account 1"  # another use of the same secret gets another key


class Unsealable(Exception):
    """The text was sealed under another SECRET_KEY, or changed since."""


def _box() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [sha256(_PURPOSE + b"\x00" + force_bytes(secret)).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def seal(text: str) -> str:
    """Empty stays empty."""
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Raises Unsealable."""
    try:
        return _box().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise Unsealable("the mail account was stored under another secret key; enter it again") from error
