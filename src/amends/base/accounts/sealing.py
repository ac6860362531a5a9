"""Secrets of an organisation, encrypted at rest with a key made from the installation's SECRET_KEY.

A copied database is then useless without the key file; a changed SECRET_KEY makes them unreadable, which is reported
as such, and SECRET_KEY_FALLBACKS are tried for a rotation.
"""

from __future__ import annotations

import base64
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


class Unsealable(Exception):
    """The text was sealed under another SECRET_KEY, or changed since."""


class Seal:
    """One use of the secret. Another purpose gets another key, so that a sealed text cannot change its meaning."""

    def __init__(self, purpose: str) -> None:
        self._purpose = purpose.encode()

    def _box(self) -> MultiFernet:
        secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        keys = [sha256(self._purpose + b"\x00" + force_bytes(secret)).digest() for secret in secrets]
        return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])

    def seal(self, text: str) -> str:
        """Empty stays empty."""
        return self._box().encrypt(text.encode()).decode() if text else ""

    def unseal(self, sealed: str) -> str:
        """Raises Unsealable."""
        try:
            return self._box().decrypt(sealed.encode()).decode() if sealed else ""
        except InvalidToken as error:
            raise Unsealable("it was stored under another secret key; enter it again") from error
