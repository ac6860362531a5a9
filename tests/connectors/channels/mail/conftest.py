from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.channels.mail import servers


@pytest.fixture
def letterbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.Letterbox]:
    """A running SMTP server, set as the installation's own."""
    with servers.smtp_server() as box:
        monkeypatch.setenv("AMENDS_SMTP_URL", box.url)
        monkeypatch.setenv("AMENDS_MAIL_FROM", "help@acme.example")
        yield box


@pytest.fixture
def imap(monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.ImapServer]:
    """A running IMAP server, set as the installation's own."""
    if not servers.DOVECOT:
        pytest.skip("no IMAP server here: apt-get install dovecot-imapd")
    with servers.imap_server() as server:
        monkeypatch.setenv("AMENDS_IMAP_URL", server.url)
        yield server


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AMENDS_HOME", str(tmp_path))
    return tmp_path
