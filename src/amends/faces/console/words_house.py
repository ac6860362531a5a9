"""Words for house rules: numbers of a rule, what a house may not say, what became of an override."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from amends.faces.console import words_parser
from amends.kernel.outcome import Problem

LABELS: dict[str, dict[str, Any]] = {
    "operator": {
        "at_least": _("at least"),
        "at_most": _("at most"),
        "more_than": _("more than"),
        "less_than": _("less than"),
        "is": _("is"),
        "is_not": _("is not"),
        "plus": _("plus"),
    },
    "length_unit": {
        "days": _("days"),
        "day": _("days"),
        "business_days": _("business days"),
        "hours": _("hours"),
        "hour": _("hours"),
        "business_hours": _("business hours"),
        "minutes": _("minutes"),
        "months": _("months"),
        "years": _("years"),
    },
    "house_kind": {"own": _("own rule"), "override": _("number set otherwise")},
    "lapse": {
        "base_changed": _("A release changed this number, so the shipped one holds. Set it again if it should differ."),
        "no_such_version": _("The rulebook no longer has this version of the rule."),
        "no_such_number": _("The rule no longer has this number."),
        "rule_id_taken": _("The rulebook now has a rule of this name. Give yours another."),
    },
}
REFUSALS: dict[str, Any] = {
    "law_only_better_for_buyer": _(
        "This is a law: its number may only move in the buyer’s favour, and %(new)s is worse than %(old)s."
    ),
    "law_direction_unknown": _(
        "This is a law, and it cannot be told which way this number would be better for the buyer. It stays as it is."
    ),
    "no_such_number": _("The rule has no such number: %(path)s."),
    "not_such_a_number": _("“%(text)s” is not a number like %(old)s."),
    "same_number": _("It is %(old)s already."),
    "not_in_the_language": _("The rule cannot have this number: %(why)s"),
    "own_rule_is_edited": _("This is your own rule: change its text."),
    "withdrawn_before": _("It has been withdrawn already."),
    "not_withdrawn": _("It is in force."),
    "newer_version": _("There is a newer version of it."),
    "lapsed": _("The rulebook has changed too much since: write it again."),
    "text_too_long": _("At most %(most)s characters."),
    "duplicate_key": _("The key %(key)s stands twice."),
    "not_yaml": _("This is not YAML: %(why)s."),
    "no_aliases": _("Anchors and aliases (& and *) are not read here. Write it out."),
    "too_deep": _("Nested too deeply."),
    "rule_too_long": _("At most %(most)s characters."),
    "bad_house_id": _("The id “%(id)s” does not do: capital letters, digits and hyphens, beginning with %(prefixes)s."),
    "rule_id_taken": _("The rulebook has a rule %(rule)s already. Give yours another id."),
    "unknown_source": _("There is no source %(source)s."),
    "unknown_rule": _("There is no rule %(other)s."),
    "precedence_cycle": _("The rules go before each other in a ring."),
    "house_beats_only_shop": _("A house rule may not go before %(rule)s, or exclude it: that is no rule of a shop."),
    "house_is_no_law": _("What the buyer is owed by law (`statutory`) is no house rule’s to say."),
    "forbids_what_law_owes": _("It may not forbid “%(remedy)s”: a law owes it to buyers."),
    "binds_only_for_buyer": _(
        "A promise that binds must be for the buyer: no other decision, no less money, no postage for the buyer to pay."
    ),
    "no_example": _("A rule needs an example that shows what it says."),
    "example_failed": _("The example “%(example)s” does not hold: %(why)s"),
    "bad_rule": "%(expected)s",
    "not_json": _("This is not an object of JSON."),
    "no_such_rule": _("There is no such rule."),
}
LEDGER: dict[str, Any] = {
    "rule:house:added": _("House rule written"),
    "rule:house:overridden": _("Number of a rule set otherwise"),
    "rule:house:withdrawn": _("House rule withdrawn"),
    "rule:house:restored": _("House rule restored"),
}


def line_of(problem: Problem) -> int:
    """The line that a problem of a rule's text is about, 0 for none."""
    place, _sep, line = problem.where.rpartition(":")
    return int(line) if place == "body" and line.isdigit() else 0


def problem(found: Problem) -> str:
    """What is wrong with the text of a rule, in a sentence; the parser's own words are translated too."""
    if found.code == "bad_rule":
        return words_parser.translated(str(found.params.get("expected", "")))
    word = REFUSALS.get(found.code)
    if word is None:
        return gettext(found.code.replace("_", " "))
    try:
        return str(word) % found.params
    except (KeyError, ValueError, TypeError):
        return str(word)
