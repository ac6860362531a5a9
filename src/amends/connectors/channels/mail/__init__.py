"""Mail: SMTP out, IMAP or a watched folder in."""

from __future__ import annotations

from amends.kernel.connectors import ConnectorInfo

METADATA = ConnectorInfo(
    name="mail",
    kind="mail",
    proof="A",  # RFC 5321, RFC 9051
    can_send=True,
    can_receive=True,
    implements={"conversations.transport": "amends.connectors.channels.mail.smtp:SmtpTransport"},
)
