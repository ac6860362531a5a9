"""Threads and messages, and the mailboxes they come through. A message with an empty audience is an internal note."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Thread(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey("accounts.Shop", on_delete=models.CASCADE, null=True, related_name="+")
    buyer = models.ForeignKey("buyers.Buyer", on_delete=models.PROTECT, null=True, related_name="threads")
    order = models.ForeignKey("orders.Order", on_delete=models.SET_NULL, null=True, related_name="threads")
    channel = models.CharField(max_length=24)  # mail, or a platform's own messaging
    platform = models.CharField(max_length=24, blank=True)  # the marketplace whose words these are, relayed mail too
    subject = models.CharField(max_length=400, blank=True)
    external_id = models.CharField(max_length=255, blank=True)  # mail: the buyer's canonical address
    last_message_at = models.DateTimeField()
    unread = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-last_message_at"], name="thread_recent"),
            models.Index(fields=["organisation", "channel", "external_id"], name="thread_external"),
            models.Index(fields=["organisation", "order"], name="thread_order"),
        ]

    def __str__(self) -> str:
        return self.subject or f"thread {self.pk}"


class Message(models.Model):
    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    class State(models.TextChoices):
        """Of an outgoing message; the moves between them are `core.states.TRANSITIONS`."""

        RECEIVED = "received"
        DRAFT = "draft"
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        UNDONE = "undone"
        HANDED_OVER = "handed_over"
        NOTE = "note"

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    state = models.CharField(max_length=12, choices=State.choices)
    audience = models.JSONField(default=list)  # ["buyer"], ["platform"] …; empty: internal note
    author = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    sender = models.CharField(max_length=254, blank=True)
    recipient = models.CharField(max_length=254, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)  # of a received mail: where an answer goes
    subject = models.CharField(max_length=400, blank=True)
    text = models.TextField(blank=True)
    quoted = models.TextField(blank=True)  # signature and history below the new words
    language = models.CharField(max_length=12, blank=True)
    original = models.TextField(blank=True)  # of an answer put into another language: as its author wrote it
    original_language = models.CharField(max_length=12, blank=True)
    message_id = models.CharField(max_length=300, blank=True)  # ids are kept without angle brackets
    in_reply_to = models.CharField(max_length=300, blank=True)
    references = models.TextField(blank=True)  # ids, oldest first, separated by blanks
    at = models.DateTimeField()  # when it was written; for a queued answer, when it leaves
    template = models.CharField(max_length=60, blank=True)
    automatic = models.BooleanField(default=False)
    flags = models.JSONField(
        default=list
    )  # core.mail.ParsedMail.flags and what receiving found; see docs/how-to/mail.md
    raw_file = models.ForeignKey("files.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+")
    attachments = models.JSONField(default=list)  # [{"file_id", "name", "media_type", "size", "inline", "flags"}]
    reading = models.JSONField(null=True)  # what `language` understood: language, intent, tone, entities
    error = models.CharField(max_length=400, blank=True)  # a code of core.states, or the server's words
    receipt = models.CharField(max_length=400, blank=True)  # what the server said when it took the mail
    sending_since = models.DateTimeField(null=True)
    job_id = models.BigIntegerField(null=True)  # the job that will send it
    idempotency_key = models.CharField(max_length=120, null=True)  # noqa: DJ001 - NULL: none given

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "idempotency_key"], name="one_message_a_key"),
        ]
        indexes = [
            models.Index(fields=["thread", "at"], name="message_order"),
            models.Index(fields=["organisation", "message_id"], name="message_mid"),
            models.Index(
                fields=["organisation", "at"],
                name="message_outbox",
                condition=Q(state__in=["queued", "sending"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.at:%Y-%m-%d %H:%M}"


class MailAccount(models.Model):
    """A mailbox of an organisation. Without one the installation's AMENDS_SMTP_URL and AMENDS_IMAP_URL serve.

    The addresses of the servers hold passwords, so they are sealed (`sealing`) and never shown again.
    """

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey("accounts.Shop", on_delete=models.CASCADE, null=True, related_name="+")  # NULL: all shops
    address = models.EmailField()
    name = models.CharField(max_length=120, blank=True)  # shown to buyers as the sender
    smtp_sealed = models.TextField(blank=True)
    imap_sealed = models.TextField(blank=True)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "address"], name="one_mail_account")]

    def __str__(self) -> str:
        return self.address


class MailCursor(models.Model):
    """How far a mailbox has been read: everything up to `last_uid` under `uid_validity`, which IMAP promises to
    change when it renumbers. Nothing is marked on the server, so people can read the mailbox as well."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=64)  # digest of server, user and folder
    label = models.CharField(max_length=200)  # the same for people, without the password
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)  # of the last look; empty when it went well
    skipped = models.JSONField(default=list)  # [{"uid", "reason", "at"}], the newest 50

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "source"], name="one_mail_cursor")]

    def __str__(self) -> str:
        return self.label
