"""What the pages show of house rules: numbers in words, what is set otherwise, forms, a starter for an own rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amends.base.accounts.core import Permission, Scope
from amends.faces.console import words
from amends.judgement.policies import actions, queries
from amends.judgement.policies.core import Kind, Number, overridable, own_rule
from amends.judgement.policies.models import HouseRule
from amends.judgement.rules.core import Rule
from amends.judgement.rules.load import current
from amends.judgement.rules.vocabulary import find

_OF_TABLE = ("of", "any", "none", "every")  # what names the table in a clause over rows


def number_words(rule: Rule, number: Number) -> str:
    """What a number of a rule means: the length of its clock, a limit on a fact, a part of what follows."""
    steps = number.steps
    clock = words.label("clock", rule.clock.name) if rule.clock else ""
    match steps:
        case ("tables", _name, key):
            return _("length of “%(clock)s” for %(key)s") % {"clock": clock, "key": key}
        case ("clock", "runs", *_rest):
            return _("length of “%(clock)s”") % {"clock": clock}
        case ("clock", "starts", *_rest):
            return _("wait before “%(clock)s” begins") % {"clock": clock}
        case ("clock", "extends", *_rest):
            return _("extension of “%(clock)s”") % {"clock": clock}
        case ("clock", "silence", *rest):
            return _("when “%(clock)s” runs out: %(what)s") % {"clock": clock, "what": _outcome(rest)}
        case ("then", *rest):
            return _("what follows: %(what)s") % {"what": _outcome(rest)}
        case _:
            return _condition(rule, number)


def _outcome(steps: list[str | int]) -> str:
    named = [str(step) for step in steps if isinstance(step, str) and step != "outcome"]
    return words.label("outcome", named[0]) if named else ""


def _condition(rule: Rule, number: Number) -> str:
    """`order total at least`: the fact from the clause around the number, and how it is compared."""
    nodes: list[Any] = [rule.body]
    for step in number.steps[:-1]:
        nodes.append(nodes[-1][step])
    last, above = nodes[-1], number.steps[-2] if len(number.steps) > 1 else ""
    operator = str(number.steps[-1])
    if operator == "plus" and len(number.steps) > 2:  # noqa: PLR2004 - a fact, a comparison, its `plus`
        last, above = nodes[-2], number.steps[-3]
    if isinstance(last, Mapping) and "fact" in last:
        fact = str(last["fact"])
    elif isinstance(last, Mapping) and "of" in last:
        return _("least number of rows in %(table)s") % {"table": words.label("fact", last["of"])}
    elif isinstance(last, Mapping) and "among" in last:
        return _("how many of the conditions must hold")
    else:
        fact = str(above if operator in words.LABELS["operator"] else operator)
    table = next(
        (
            node[key]
            for node in nodes
            if isinstance(node, Mapping) and "where" in node
            for key in _OF_TABLE
            if isinstance(node.get(key), str)
        ),
        "",
    )
    if table and find(f"{table}.{fact}"):
        fact = f"{table}.{fact}"
    compared = words.label("operator", operator) if operator in words.LABELS["operator"] else ""
    return " ".join(filter(None, (words.label("fact", fact), compared)))


def value_words(text: str, unit: str) -> str:
    """`14` with unit days -> `14 days`; `750 USD` as it stands."""
    return text if " " in text or not unit else f"{text} {words.label('length_unit', unit)}"


@dataclass(frozen=True, slots=True)
class Shown:
    """One number of a rule: the shipped value, and the house's where there is one."""

    number: Number
    words: str
    shipped: str
    house: HouseRule | None
    now: str
    lapsed: str  # why the house's value does not hold, empty when it does

    @property
    def house_value(self) -> str:
        return value_words(self.house.new, self.number.unit) if self.house else ""


class OverrideForm(forms.Form):
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    path = forms.ChoiceField(label=gettext_lazy("Which number"))
    value = forms.CharField(label=gettext_lazy("New value"), max_length=40)
    citation = forms.CharField(
        label=gettext_lazy("Where it says so"),
        max_length=actions.MOST["citation"],
        help_text=gettext_lazy("An address, or the paper and its clause: terms of sale, an e-mail of the platform …"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=actions.MOST["reason"], widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, shown: list[Shown], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(s.number.path, f"{s.words[:1].upper()}{s.words[1:]}: {s.now}") for s in shown]
        self.fields["path"].choices = choices  # type: ignore[attr-defined]
        if shown and not self.is_bound:
            self.fields["value"].widget.attrs["placeholder"] = shown[0].now


class OwnForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Rule"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "class": "mono", "spellcheck": "false", "wrap": "off"}),
    )
    citation = forms.CharField(
        label=gettext_lazy("Where it says so"),
        max_length=actions.MOST["citation"],
        help_text=gettext_lazy("Where buyers or colleagues can read it: an address, or the paper and its clause."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=actions.MOST["reason"], widget=forms.Textarea(attrs={"rows": 2})
    )


def withdrawn(scope: Scope) -> list[HouseRule]:
    """Own rules that are in force no more."""
    return [row for row in queries.listed(scope) if row.kind == Kind.OWN.value and row.withdrawn_at is not None]


def withdrawn_rule(scope: Scope, rule_id: str, version: str) -> Rule | None:
    """An own rule as it stood when it was withdrawn, so that its page still shows it. Empty `version`: any."""
    row = next((row for row in queries.history(scope, rule_id) if row.kind == Kind.OWN.value), None)
    if row is None or row.withdrawn_at is None:
        return None
    rule = own_rule(row.body, scope.organisation_id, number=row.number, on=row.created_at.date())
    return rule if isinstance(rule, Rule) and version in ("", rule.version) else None


def section(scope: Scope, rule: Rule, form: OverrideForm | None = None) -> dict[str, Any]:
    """The part of a rule's page about house rules."""
    rows = queries.history(scope, rule.id)
    base = actions.shipped_rule(current(), rule.id, rule.version)
    last = {row.pk: row for row in queries.newest(reversed(rows))}
    lapsed = {
        (x.house.rule_id, x.house.number): words.label("lapse", x.code)
        for x in (queries.laid_of(scope).lapsed if rows else ())
    }
    in_force = [row for row in last.values() if row.withdrawn_at is None]
    shown = numbers_of(base, in_force, lapsed) if base is not None else []
    own = next((row for row in last.values() if row.kind == Kind.OWN.value), None)
    numbers = {s.number.path: s for s in shown}
    return {
        "history": [(row, row.pk in last, lapsed.get((row.rule_id, row.number), "")) for row in rows],
        "in_force": [(row, numbers.get(row.path), lapsed.get((row.rule_id, row.number), "")) for row in in_force],
        "numbers": shown,
        "numbers_by_path": numbers,
        "own": own,
        "base": base,
        "override_form": form or _form(scope, base, shown),
    }


def _form(scope: Scope, base: Rule | None, shown: list[Shown]) -> OverrideForm | None:
    if base is None or not shown or not scope.may(Permission.RULE_WRITE):
        return None
    return OverrideForm(shown=shown, initial={"version": base.version})


def numbers_of(base: Rule, in_force: list[HouseRule], lapsed: Mapping[tuple[str, int], str]) -> list[Shown]:
    of_path = {row.path: row for row in in_force if row.base_version == base.version}
    out = []
    for number in overridable(base):
        row = of_path.get(number.path)
        why = lapsed.get((row.rule_id, row.number), "") if row else ""
        shipped = value_words(number.text, number.unit)
        now = value_words(row.new, number.unit) if row and not why else shipped
        out.append(Shown(number, number_words(base, number), shipped, row, now, why))
    return out


STARTER = """\
id: OWN-RETURNS
title:
  en: Our shop takes goods back for sixty days
  zh: 本店支持六十天内退货
applies: {case.kind: return}
confidence: A
# A promise that is better for the buyer than law or platform binds. Leave it out, and both go before this rule.
better_for_buyer: binds
when:
  all:
    - {event: order.delivered}
    - {clock: OWN-RETURNS, is: [running, met]}
clock:
  name: promised_return_window
  owner: buyer
  starts: {event: order.delivered}
  stops: [return.requested]
  runs: {days: 60, zone: order.ship_country, ends: day_end}
then:
  decision: for_buyer
  outcome: {refund: after_return, return_required: true, funded_by: seller}
examples:
  - name: asked on the last day
    given:
      order.ship_country: US
      order.delivered: "2026-03-01T12:00:00-08:00"
      return.requested: "2026-04-30T20:00:00-04:00"
    expect: {state: met, decision: for_buyer}
  - name: asked a day late
    given:
      order.ship_country: US
      order.delivered: "2026-03-01T12:00:00-08:00"
      return.requested: "2026-05-01T12:00:00-04:00"
    expect: {state: expired, fires: false}
"""
