"""Every setting Amends reads, with its default and its meaning.

`docs/reference/settings.md` is generated from `SETTINGS`; a test fails when they differ.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    default: str
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting("AMENDS_HOME", "./var", "Folder that holds all state: database, files, keys, the watched folder `in/`."),
    Setting("AMENDS_CACHE", "", "Folder for what can be made again, such as trained models. Empty: AMENDS_HOME/cache."),
    Setting(
        "DATABASE_URL",
        "",
        "PostgreSQL address, `postgres://user:password@host:port/name`. Empty: SQLite under AMENDS_HOME.",
    ),
    Setting("AMENDS_PORT", "8765", "Port of the web server."),
    Setting("AMENDS_HOST", "127.0.0.1", "Address the web server listens on; `0.0.0.0` opens it to the local network."),
    Setting("AMENDS_URL", "", "Public address written into mails and links. Empty: derived from host and port."),
    Setting("AMENDS_SECRET_KEY", "", "Signing key. Empty: made once and kept in AMENDS_HOME/keys/secret."),
    Setting("AMENDS_DEBUG", "0", "`1` shows error pages with details. Never on a machine others can reach."),
    Setting("AMENDS_ALLOWED_HOSTS", "", "Further host names that may be asked for, separated by commas."),
    Setting("AMENDS_WEB_THREADS", "4", "Threads that answer requests in the one web process."),
    Setting("AMENDS_WORKER_POLL_MS", "200", "How often an idle worker looks for due jobs, in milliseconds."),
    Setting(
        "AMENDS_SMTP_URL",
        "",
        "Outgoing mail, `smtp://user:password@host:587?tls=starttls` or `smtps://…`. Empty: mail waits in the outbox.",
    ),
    Setting(
        "AMENDS_IMAP_URL",
        "",
        "Incoming mail, `imaps://user:password@host:993/INBOX`. Empty: only the folder `in/mail/` is read.",
    ),
    Setting("AMENDS_MAIL_FROM", "", "Sender address of outgoing mail. Empty: the shop's own address."),
    Setting("AMENDS_UNDO_SECONDS", "10", "Seconds during which a sent answer can be taken back."),
    Setting("AMENDS_MAX_UPLOAD_MB", "200", "Largest file accepted through the browser or the API, in megabytes."),
    Setting(
        "AMENDS_MAX_IMPORT_MB", "1024", "Largest file the command line and the watched folder import, in megabytes."
    ),
    Setting(
        "AMENDS_WEBHOOK_ALLOW_PRIVATE",
        "0",
        "`1` lets webhooks call plain http and addresses inside your own network. Off: only https to the outside.",
    ),
    Setting(
        "AMENDS_API_TOKEN_RATE",
        "600",
        "API requests one token or signed-in person may make in a minute. `0`: no limit.",
    ),
    Setting(
        "AMENDS_API_ADDRESS_RATE",
        "1200",
        "API requests from one network address in a minute. `0`: no limit, for behind a proxy that counts itself.",
    ),
    Setting(
        "AMENDS_API_MAX_BODY_KB",
        "1024",
        "Largest JSON body of an API request, in kilobytes. Uploaded files have AMENDS_MAX_UPLOAD_MB.",
    ),
    Setting("AMENDS_RULEBOOK", "", "Folder of rule files to use in place of the shipped rulebook."),
    Setting("AMENDS_LANGUAGE", "en", "Interface language before anyone has signed in: `en` or `zh-hans`."),
    Setting("AMENDS_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
)
_BY_NAME = {s.name: s for s in SETTINGS}


def read(name: str) -> str:
    """The value of a documented setting. KeyError for one that is not in SETTINGS."""
    return os.environ.get(name) or _BY_NAME[name].default


def read_int(name: str) -> int:
    value = read(name)
    try:
        return int(value)
    except ValueError:
        raise SystemExit(f"{name} must be a whole number, not {value!r}") from None


def home() -> Path:
    return Path(read("AMENDS_HOME")).expanduser().resolve()


def cache_dir() -> Path:
    """What can be made again at the cost of time only."""
    chosen = read("AMENDS_CACHE")
    return Path(chosen).expanduser().resolve() if chosen else home() / "cache"


def package_dir() -> Path:
    return Path(__file__).resolve().parents[2]


def shipped(name: str) -> Path:
    """A data folder that ships with the code (`rulebook`, `phrasebook`): in a checkout or inside the wheel."""
    for candidate in (package_dir() / "_shipped" / name, package_dir().parents[1] / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the shipped folder {name!r} is missing")
