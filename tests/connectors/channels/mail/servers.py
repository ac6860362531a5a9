"""Real mail servers on loopback: aiosmtpd for what leaves, Dovecot for what arrives."""

from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

USER, PASSWORD = "desk@acme.example", "s3cret:/@ü"
DOVECOT = shutil.which("dovecot") or next((p for p in ("/usr/sbin/dovecot",) if Path(p).exists()), "")


@dataclass
class Letterbox:
    """An SMTP server that keeps what it takes. `replies` are given instead of "250", one a mail."""

    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    hang_up_after_data: bool = False

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it by this name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the same
        if self.replies:
            return self.replies.pop(0)
        self.mails.append(envelope.original_content)
        self.recipients.extend(envelope.rcpt_tos)
        if self.hang_up_after_data:
            server.transport.abort()  # taken, but the sender never hears of it
        return f"250 2.0.0 queued as {len(self.mails)}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def smtp_server(**controller: Any) -> Iterator[Letterbox]:
    box = Letterbox(port=free_port())
    running = Controller(box, hostname="127.0.0.1", port=box.port, **controller)
    running.start()
    try:
        yield box
    finally:
        running.stop()


@dataclass(frozen=True)
class ImapServer:
    port: int
    home: Path

    @property
    def url(self) -> str:
        return f"imap://desk%40acme.example:s3cret%3A%2F%40%C3%BC@127.0.0.1:{self.port}/INBOX"

    def client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        client.authenticate("PLAIN", lambda _: b"\0" + USER.encode() + b"\0" + PASSWORD.encode())
        return client

    def append(self, *raws: bytes, folder: str = "INBOX") -> None:
        client = self.client()
        for raw in raws:
            assert client.append(folder, "", "", raw)[0] == "OK"
        client.logout()

    def unseen(self) -> int:
        client = self.client()
        client.select("INBOX", readonly=True)
        found = client.search(None, "UNSEEN")[1][0].split()
        client.logout()
        return len(found)

    def renumber(self) -> None:
        """Give the mailbox a new UIDVALIDITY and new UIDs, as a restored backup would."""
        client = self.client()
        client.select("INBOX", readonly=True)
        numbers = client.search(None, "ALL")[1][0].split()
        raws = [client.fetch(number.decode(), "(BODY.PEEK[])")[1][0][1] for number in numbers]  # type: ignore[index]
        client.logout()
        for entry in (self.home / "mail").iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        time.sleep(1.1)  # Dovecot makes UIDVALIDITY from the seconds of the clock
        self.append(*[bytes(raw) for raw in raws])


_CONF = """
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{home}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
default_internal_user = {internal}
default_login_user = {internal}
default_internal_group = {internal_group}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home} allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
}}
"""


@contextlib.contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Dovecot in a folder of its own, on a free port, with one user. Works as root and as an ordinary user."""
    home = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    home.chmod(0o755)
    port = free_port()
    root = os.getuid() == 0  # Dovecot gives no mailbox to root, so there the mail belongs to Debian's `mail`
    me = pwd.getpwnam("mail") if root else pwd.getpwuid(os.getuid())
    group = grp.getgrgid(me.pw_gid).gr_name
    (home / "mail").mkdir()
    if root:
        os.chown(home / "mail", me.pw_uid, me.pw_gid)
    internal, internal_group = ("dovecot", "dovecot") if root else (me.pw_name, group)
    conf = home / "dovecot.conf"
    conf.write_text(
        _CONF.format(
            home=home, port=port, user=me.pw_name, group=group, internal=internal, internal_group=internal_group
        )
    )
    (home / "users").write_text(f"{USER}:{{PLAIN.b64}}{_b64(PASSWORD)}\n")
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(conf)], stderr=subprocess.PIPE)
    try:
        _wait(port, process, home)
        yield ImapServer(port, home)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        assert process.stderr is not None
        process.stderr.close()
        shutil.rmtree(home, ignore_errors=True)


def _b64(text: str) -> str:
    import base64

    return base64.b64encode(text.encode()).decode()


def _wait(port: int, process: subprocess.Popen[bytes], home: Path) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None:
            assert process.stderr is not None
            raise RuntimeError(process.stderr.read().decode())
        time.sleep(0.1)
    raise RuntimeError((home / "log").read_text() if (home / "log").exists() else "dovecot does not listen")
