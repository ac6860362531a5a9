"""What a reader is shown for a code. Codes are the machine's; these are the words of the interface.

A code without a word here is shown as its own text with the underscores taken out, never hidden: platforms and
rules invent new ones.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from amends.faces.console import (
    words_facts,
    words_health,
    words_house,
    words_imports,
    words_judgement,
    words_language,
    words_platforms,
    words_rules,
)
from amends.intake.imports.messages import SENTENCES, sentence
from amends.kernel.outcome import InputError

LABELS: dict[str, dict[str, Any]] = {
    "role": {
        "owner": _("owner"),
        "lead": _("lead"),
        "agent": _("agent"),
        "finance": _("finance"),
        "warehouse": _("warehouse"),
        "viewer": _("viewer"),
    },
    "role_help": {
        "owner": _("Everything, including people, tokens and settings."),
        "lead": _("Works cases, approves refunds, writes house rules, reads the ledger, re-runs jobs."),
        "agent": _("Works cases: answers, offers, settles, imports."),
        "finance": _("Settles and approves refunds, reads the ledger, imports."),
        "warehouse": _("Reads cases and orders, works the dock."),
        "viewer": _("Reads only."),
    },
    "permission": {
        "case:read": _("read cases"),
        "case:work": _("work cases"),
        "case:answer": _("answer buyers"),
        "case:offer": _("offer remedies and escalate"),
        "case:settle": _("settle, refund and close"),
        "refund:approve": _("approve refunds above the limit"),
        "order:read": _("read orders"),
        "import:run": _("import files"),
        "rule:read": _("read rules"),
        "rule:write": _("write house rules"),
        "ledger:read": _("read the ledger"),
        "job:read": _("watch jobs"),
        "job:rerun": _("re-run jobs"),
        "dock:work": _("work the dock"),
        "settings:write": _("change settings"),
        "team:manage": _("manage people and tokens"),
    },
    "theme": {"system": _("like the system"), "light": _("light"), "dark": _("dark")},
    "actor": {"person": _("person"), "token": _("API token"), "system": _("Amends"), "buyer": _("buyer")},
    "subject": {
        "case": _("case"),
        "import": _("import"),
        "message": _("message"),
        "refund": _("refund"),
        "shop": _("shop"),
        "organisation": _("organisation"),
        "membership": _("team member"),
        "user": _("person"),
        "token": _("API token"),
        "job": _("job"),
        "cron": _("repeating job"),
        "thread": _("conversation"),
        "layout": _("layout"),
        "mail_account": _("mailbox"),
        "webhook": _("webhook"),
        "order": _("order"),
        "house_rule": _("house rule"),
    },
    "break": {
        "content": _("Its content was changed after it was written."),
        "link": _("It does not follow from the entry before it."),
        "gap": _("An entry is missing here."),
    },
    "job_state": {
        "waiting": _("waiting"),
        "leased": _("running"),
        "done": _("done"),
        "dead": _("gave up"),
        "cancelled": _("cancelled"),
    },
    "job_kind": {
        "imports.run": _("import a file"),
        "imports.watch": _("look into the watched folder"),
        "mail.send": _("send mail"),
        "mail.fetch": _("fetch mail"),
        "triage.message": _("triage a message"),
        "health.read": _("count account health"),
        "cases.tick": _("look after the clocks"),
        "cases.rejudge": _("judge open cases again"),
        "precedents.keep": _("remember closed cases"),
        "mail.folder": _("read mail from the folder"),
        "mail.outbox": _("send what waits in the outbox"),
        "mail.poll": _("look for mail"),
        "webhooks.deliver": _("deliver a webhook"),
        "webhooks.purge": _("tidy up webhooks"),
        "files.tidy": _("tidy up files"),
        "jobs.purge": _("tidy up jobs"),
    },
    "run_state": {
        "waiting": _("waiting"),
        "needs_mapping": _("needs a mapping"),
        "running": _("running"),
        "done": _("done"),
        "failed": _("refused"),
    },
    "source": {
        "browser": _("browser"),
        "cli": _("command line"),
        "api": _("API"),
        "folder": _("watched folder"),
        "mail": _("mail"),
        "demo": _("demo"),
    },
    "record": {
        "orders": _("orders"),
        "lines": _("order lines"),
        "payments": _("payments"),
        "refunds": _("refunds"),
        "shipments": _("shipments"),
        "parcels": _("parcels"),
        "messages": _("messages"),
        "reviews": _("reviews"),
        "returns": _("returns"),
        "buyers": _("buyers"),
        "tracking": _("tracking scans"),
    },
    "proof": {
        "A": _("A · platform’s own document"),
        "B": _("B · vendor or tool built for it"),
        "C": _("C · third party only"),
        "M": _("M · missing, assumed"),
        "O": _("O · our own, or made by you"),
        "real": _("run against the real service"),
        "simulated": _("run against a simulated service"),
        "documented": _("built from documentation"),
        "loopback": _("run against a real server on this machine"),
    },
    "refusal": {
        "not_found": _("It is not there any more, or belongs to another organisation."),
        "last_owner": _("An organisation needs at least one owner."),
        "empty": _("This must not be empty."),
        "taken": _("This is taken."),
        "bad_email": _("Not a mail address."),
        "weak_token": _("The token is too weak."),
        "job_unknown": _("There is no such job."),
        "job_state": _("This does not follow from the state the job is in."),
        "endpoint_unknown": _("There is no such webhook."),
        "delivery_unknown": _("There is no such delivery."),
        "delivery_state": _("This does not follow from the state the delivery is in."),
        "cron_unknown": _("There is no such repeating job."),
        "belongs_elsewhere": _("This person also works in another organisation, so only they can reset the password."),
        "already_member": _("This person is already in the organisation."),
        "shop_name_taken": _("Another shop on this platform has this name."),
        "scope_beyond_own": _("A token cannot get a right that you do not have: %(scopes)s."),
        "no_such_case": _("There is no such case here."),
        "unknown_verb": _("Amends does not know this verb: %(text)s."),
        "not_allowed": _("Your role does not include this."),
        "case_is_open": _("The case is open."),
        "case_is_closed": _("The case is closed. Reopen it first."),
        "wrong_state": _("This does not follow from the state the case is in."),
        "no_conversation": _("This case has no conversation to answer in."),
        "double_recovery": _("The bank is deciding this payment. Refunding now would pay twice."),
        "nothing_left_to_refund": _("Everything that was paid has been refunded or promised already."),
        "no_refund_waits": _("No refund waits for approval."),
        "no_refund_created": _("No recorded refund waits to be paid out."),
        "text_missing": _("Write a text first."),
        "text_too_long": _("The text is longer than %(most)s characters."),
        "unfilled_slot": _("The text still has a gap: %(slot)s. Fill it in before it goes."),
        "amount_missing": _("Name an amount."),
        "too_many_decimals": _("Not an amount in %(currency)s: too many decimals."),
        "more_than_paid": _("The amount is more than what is left to refund on this order."),
        "unknown_remedy": _("Choose a remedy."),
        "remedy_forbidden": _("A rule forbids this remedy here."),
        "refusal_needs_rule": _("A refusal needs the rule it rests on."),
        "unknown_refund_kind": _("Choose the kind of refund."),
        "which_refund": _("Say which refund is meant."),
        "needs_second_person": _("Somebody other than the person who asked must approve."),
        "root_cause_missing": _("Choose the root cause."),
        "money_still_due": _("A refund is still owed. Pay it out or cancel it first."),
        "replacement_still_due": _("A replacement is still owed."),
        "unknown_user": _("There is no such person."),
        "unknown_priority": _("There is no such priority."),
        "not_a_time": _("Not a time: %(text)s."),
        "ends_before_it_begins": _("It ends before it begins."),
        "too_many_days": _("At most %(most)s days at once."),
        "zone_missing": _("A time needs its zone."),
        "not_an_object": _("Facts are one JSON object."),
        "not_a_flag": _("Neither true nor false: %(text)s."),
        "not_a_count": _("Not a whole number: %(text)s."),
        "not_a_date": _("Not a date: %(text)s."),
        "negative_money": _("An amount is never negative here: %(text)s."),
        "not_text": _("Not a text: %(text)s."),
        "not_spans": _("Spans are a list with from and to."),
        "not_a_table": _("A table is a list of objects."),
        "unknown_code": _("No such code: %(text)s. Nearest: %(nearest)s."),
        "unknown_country": _("No such country: %(text)s."),
        "unknown_zone": _("No such time zone: %(text)s."),
        "contradiction": _("It lies before %(before)s, which cannot be."),
        "event_in_future": _("It lies in the future: %(text)s."),
        "time_in_past": _("This time is over."),
        "snooze_past_deadline": _("One of our deadlines comes before that."),
        "unknown_leaf": _("Choose the kind of case."),
        "unknown_fact": _("The rules know no such fact: %(text)s."),
        "bad_flag": _("Answer yes or no."),
        "answer_empty": _("Write a text first."),
        "answer_too_long": _("The text is too long."),
        "note_empty": _("Write a text first."),
        "not_a_draft": _("This message may have left already."),
        "not_failed": _("This message has not failed."),
        "bad_address": _("Not a mail address."),
        "no_server": _("Give at least one server."),
        "unknown_shop": _("There is no such shop."),
        "version_conflict": _("Somebody else changed this case meanwhile."),
        "stale_version": _("Somebody else changed this case meanwhile."),
        "conflict": _("Somebody else changed this case meanwhile."),
        "amount_above_paid": _("The amount is more than what was paid and not yet refunded (%(paid)s)."),
        "amount_not_positive": _("The amount must be more than nothing."),
        "not_money": _("Not an amount with its currency, such as 41.80 USD."),
        "needs_approval": _("Above %(limit)s a second person must approve."),
        "case_closed": _("The case is closed. Reopen it first."),
        "case_open": _("The case is open."),
        "no_order": _("No order is linked to this case."),
        "no_thread": _("This case has no conversation to answer in."),
        "empty_text": _("Write a text first."),
        "transition": _("This does not follow from the state the case is in."),
        "transition_not_allowed": _("This does not follow from the state the case is in."),
        "forbidden_by_rule": _("A rule forbids this."),
        "needs_person": _("A person must decide this."),
        "too_late": _("Too late: it has already left."),
        "too_large": _("The file is larger than %(limit)s MB."),
        "empty_file": _("The file is empty."),
        "unknown_layout": _("No known layout fits this file."),
        "unknown_currency": _("Unknown currency: %(currency)s%(text)s."),
        "not_a_number": _("Not a number: %(text)s."),
    },
}
for _more in (words_judgement, words_rules, words_platforms, words_imports, words_house, words_health):
    LABELS |= _more.LABELS
for _kind, _words in words_language.LABELS.items():
    LABELS[_kind] = LABELS.get(_kind, {}) | _words
LABELS["metric"] |= words_health.METRICS
LABELS["ledger_verb"] |= words_health.LEDGER
LABELS["refusal"] |= words_house.REFUSALS
LABELS["ledger_verb"] |= words_house.LEDGER


def label(kind: str, code: object) -> str:
    """The word for a code, in the reader's language."""
    text = str(code if code is not None else "")
    if kind == "fact":
        return words_facts.name(text)
    if kind == "target":
        return _target(text)
    word = LABELS.get(kind, {}).get(text)
    return str(word) if word is not None else text.replace("_", " ").replace(".", " · ")


def problems(error: InputError) -> str:
    """All that was wrong with input, one sentence each."""
    return " ".join(problem(p.code, p.params) for p in error.problems)


def problem(code: str, params: dict[str, Any]) -> str:
    """Importing words its own problems; everything else is worded here."""
    return sentence(code, params) if code in SENTENCES else refusal(code, params)


def _target(text: str) -> str:
    """What a column can mean, `order.number`, in words."""
    if text == "drop":
        return str(_("leave out"))
    group, _sep, part = text.partition(".")
    return f"{label('target_group', group)}: {label('target_part', part)}"


def choices(kind: str) -> list[tuple[str, str]]:
    return [(code, str(word)) for code, word in LABELS[kind].items()]


def refusal(code: str, params: dict[str, Any] | None = None) -> str:
    """Why something was refused, in a sentence. A word with a place-holder and no value for it loses the value."""
    text = label("refusal", code)  # reasons of rejected rows are refusals too
    try:
        return text % (params or {})
    except (KeyError, ValueError, TypeError):
        return text.replace("%(", "").replace(")s", "")
