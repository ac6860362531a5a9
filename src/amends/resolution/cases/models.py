"""Cases: our unit of work on one problem of one order. Status is derived from the axes, never stored."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from amends.resolution.cases.core.axes import FAR


class Case(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    number = models.BigIntegerField()
    shop = models.ForeignKey("accounts.Shop", on_delete=models.PROTECT, null=True, related_name="+")
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, null=True, related_name="cases")
    buyer = models.ForeignKey("buyers.Buyer", on_delete=models.PROTECT, null=True, related_name="cases")
    thread = models.ForeignKey("conversations.Thread", on_delete=models.PROTECT, null=True, related_name="cases")
    leaf = models.CharField(max_length=40, default="other")
    title = models.CharField(max_length=200, blank=True)  # the first line of the buyer's words
    # axes (resolution.cases.core); goods and inspection live on return lines, money on refunds
    request = models.CharField(max_length=14, default="none")
    replacement = models.CharField(max_length=12, default="none")
    dispute = models.CharField(max_length=24, default="none")
    dispute_external_id = models.CharField(max_length=80, blank=True)
    waiting_for = models.CharField(max_length=12, default="us")  # us, buyer, platform, carrier
    owner = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    priority = models.SmallIntegerField(default=0)  # 0 normal, 1 high, 2 urgent (threat, short clock)
    root_cause = models.CharField(max_length=60, blank=True)
    close_note = models.TextField(blank=True)
    next_due_at = models.DateTimeField(default=FAR)  # earliest clock of ours; derived, kept for sorting
    snoozed_until = models.DateTimeField(null=True)
    judgement_hash = models.CharField(max_length=64, blank=True)  # of the newest stored judgement
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)  # optimistic lock: two agents on one case
    dedup_key = models.CharField(max_length=160, null=True)  # noqa: DJ001 - NULL: no natural key

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="one_case_number"),
            models.UniqueConstraint(fields=["organisation", "dedup_key"], name="one_case_a_key"),
        ]
        indexes = [
            models.Index(fields=["organisation", "next_due_at", "id"], name="case_due", condition=Q(closed_at=None)),
            models.Index(fields=["organisation", "-changed_at"], name="case_changed"),
            models.Index(
                fields=["organisation", "owner", "next_due_at"], name="case_owner", condition=Q(closed_at=None)
            ),
            models.Index(fields=["order"], name="case_order"),
            models.Index(fields=["thread"], name="case_thread"),
        ]

    def __str__(self) -> str:
        return f"C-{self.number}"


class CaseFact(models.Model):
    """One fact as it was learnt. A newer row for the same key replaces the older one in the judgement."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="facts")
    key = models.CharField(max_length=80)
    value = models.JSONField(null=True)  # wire form; None withdraws the fact (unknown again)
    origin = models.CharField(max_length=20)  # message, import, carrier, platform, person, computed
    origin_ref = models.CharField(max_length=120, blank=True)
    learnt_at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["case", "key", "-id"], name="fact_key")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class CaseClock(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    name = models.CharField(max_length=60)
    owner = models.CharField(max_length=12)  # seller, buyer, platform, carrier
    rule_id = models.CharField(max_length=60)
    state = models.CharField(max_length=12)  # running, met, missed, paused, excluded
    starts_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    body = models.JSONField(default=dict)  # spans, zone, provisional, external due date, silence

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "rule_id", "name"], name="one_clock")]
        indexes = [models.Index(fields=["organisation", "state", "due_at"], name="clock_due")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.state}"


class StoredJudgement(models.Model):
    """A judgement as given, with the facts it saw. Insert-only."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="judgements")
    at = models.DateTimeField()
    facts = models.JSONField()
    body = models.JSONField()
    hash = models.CharField(max_length=64)
    rulebook_hash = models.CharField(max_length=64)
    changes = models.JSONField(default=list)  # against the one before: [{"what", "from", "to"}]

    class Meta:
        indexes = [models.Index(fields=["case", "-id"], name="judgement_recent")]

    def __str__(self) -> str:
        return self.hash[:12]


class Task(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    code = models.CharField(max_length=60)  # message key, e.g. ask_fact, check_photo, reship
    params = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "done_at"], name="task_open")]

    def __str__(self) -> str:
        return self.code


class Offer(models.Model):
    """A remedy put to the buyer, and what became of it."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="offers")
    remedy = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, default="offered")  # offered, accepted, refused, withdrawn, expired
    answer_by = models.DateTimeField(null=True)
    message = models.ForeignKey("conversations.Message", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.remedy} {self.state}"
