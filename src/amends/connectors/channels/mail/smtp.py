"""Handing one mail to an SMTP server, knowing at every step whether it may have been taken."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator

from amends.connectors.channels.mail.urls import Server, Tls
from amends.intake.conversations.ports import Envelope, NotAccepted, Unsure

TIMEOUT_SECONDS = 30  # of one step; all steps together stay below the lease of a message in `sending`
_LEADING_DOT = re.compile(rb"(?m)^\.")
_OK, _GO_AHEAD = 250, 354


def tls_context(server: Server) -> ssl.SSLContext:
    """The machine's trusted authorities and, if named, one more. Certificates are always checked."""
    context = ssl.create_default_context()
    if server.ca:
        context.load_verify_locations(server.ca)
    return context


class SmtpTransport:
    """Implements `intake.conversations.ports.Transport`."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def send(self, envelope: Envelope) -> str:
        with self._session() as smtp:
            with _certain():
                _expect(smtp.mail(envelope.sender), _OK)
                _expect(smtp.rcpt(envelope.recipient), _OK, 251)
                _expect(smtp.docmd("DATA"), _GO_AHEAD)
                # A mail without its final dot is not a mail: failing here is still a certain "no".
                smtp.send(_LEADING_DOT.sub(b"..", envelope.content).removesuffix(b"\r\n") + b"\r\n")
            return _finish(smtp)

    def check(self) -> str:
        """Connect, sign in, leave. Returns the server's greeting name. Raises NotAccepted."""
        with self._session() as smtp, _certain():
            _expect(smtp.noop(), _OK)
            return (smtp.ehlo_resp or smtp.helo_resp or b"").decode("utf-8", "replace").split("\n")[0]

    @contextlib.contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        with _certain():
            smtp = self._connect()
        try:
            with _certain():
                self._sign_in(smtp)
            yield smtp
        finally:
            with contextlib.suppress(OSError, smtplib.SMTPException):  # the mail's fate is known by now
                smtp.quit()
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        if server.tls is Tls.FULL:
            return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=tls_context(server))
        return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        if self.server.tls is Tls.STARTTLS:
            smtp.starttls(context=tls_context(self.server))  # raises when the server does not offer it
        smtp.ehlo_or_helo_if_needed()
        if self.server.user:
            smtp.login(self.server.user, self.server.password)


def _expect(answer: tuple[int, bytes], *wanted: int) -> None:
    code, words = answer
    if code not in wanted:
        raise _refused(code, words)


def _refused(code: int, words: bytes | str) -> NotAccepted:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return NotAccepted(f"{code} {' '.join(text.split())}"[:300], temporary=not 500 <= code < 600)  # noqa: PLR2004 - RFC 5321 §4.2.1


@contextlib.contextmanager
def _certain() -> Iterator[None]:
    """Steps before the final dot: whatever goes wrong, the server has not taken the mail."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        # A password can be mended, so the mail waits; the answer to a wrong one is a 5xx all the same.
        raise NotAccepted(f"{error.smtp_code} sign-in refused", temporary=True) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error) from error
    except UnicodeEncodeError as error:
        raise NotAccepted("the address needs SMTPUTF8, which the server does not speak", temporary=False) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotAccepted(f"{type(error).__name__}: {error}"[:300], temporary=True) from error


def _finish(smtp: smtplib.SMTP) -> str:
    try:
        smtp.send(b".\r\n")
        code, words = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise Unsure(f"{type(error).__name__} after the mail was handed over") from error
    if code != _OK:
        raise _refused(code, words)
    return f"{code} {' '.join(words.decode('utf-8', 'replace').split())}"
