"""What the parser of rules says, in the reader's language. The parser itself knows one language and no Django; its
sentences are recognised here by their fixed words."""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import gettext


def lazy(text: str) -> str:
    """Marks a text for the catalogue; it is translated when shown."""
    return text


SAID = (
    lazy("valid ends (%(end)s) before it begins (%(begin)s)"),
    lazy("a rule needs `then`, `clock`, `metric` or `penalty`"),
    lazy("a rule needs `%(key)s`"),
    lazy("only confidence D may have no source"),
    lazy("a quote has 25 words at most"),
    lazy("an example needs `given` and `expect`"),
    lazy("ask is a mapping of facts to questions, found %(found)s"),
    lazy("ask: no fact is called %(name)s"),
    lazy("applies is a mapping of facts, found %(found)s"),
    lazy("a rule file needs a list `rules`"),
    lazy("expected a duration such as '3 days' or '48 hours', found %(found)s"),
    lazy("expected the name of a fact, found %(found)s"),
    lazy("no fact is called %(name)s; did you mean %(near)s?"),
    lazy("no fact is called %(name)s"),
    lazy("%(fact)s expects %(kind)s, found %(found)s (%(code)s)"),
    lazy("a right-hand side is a value or {fact: …, plus: …}, found keys %(found)s"),
    lazy("%(fact)s (%(kind)s) cannot be compared with %(other)s (%(other_kind)s)"),
    lazy("%(name)s is a table: use any, every or at_least with where"),
    lazy("no operator is called %(name)s; did you mean %(near)s?"),
    lazy("no operator is called %(name)s"),
    lazy("%(fact)s (%(kind)s) has no order, so %(name)s does not fit"),
    lazy("%(fact)s: an empty comparison"),
    lazy("fx goes with an amount and names a time, found %(fact)s at %(found)s"),
    lazy("%(fact)s: fx goes with at_least, at_most, more_than or less_than"),
    lazy("%(fact)s: an empty list fits nothing"),
    lazy("an empty mapping says nothing"),
    lazy("expected a list of clauses"),
    lazy("expected one of the tables %(known)s, found %(found)s"),
    lazy("a table needs `where`"),
    lazy("expected a clause (%(known)s), found %(found)s"),
    lazy("at_least expects a count from 1 to %(most)s, found %(found)s"),
    lazy("at_least expects a count, found %(found)s"),
    lazy("a clock is a rule's id and one of %(known)s, found %(found)s"),
    lazy("%(name)s is not an event or a time"),
    lazy("%(name)s is not an event"),
    lazy("expected exactly one of %(known)s"),
    lazy("starts needs exactly one of event, first, last, day_after"),
    lazy("runs is either `given` or a length, not both"),
    lazy("runs needs exactly one of %(known)s"),
    lazy("a clock's length is a count, and %(fact)s is %(kind)s"),
    lazy("no table is called %(name)s"),
    lazy("a clock needs `%(key)s`"),
    lazy("owner is seller, buyer, platform, carrier or issuer, found %(found)s"),
    lazy("weekend is a list from %(known)s, and not all of them"),
    lazy("from `opens` to `closes` is an hour at least, found %(opens)s to %(closes)s"),
    lazy("%(name)s is not a country fact"),
    lazy("no calendar for country %(name)s"),
    lazy("business days need a country or a weekend"),
    lazy("pauses needs a fact made of spans, found %(found)s"),
    lazy("liability shares must add up to 1"),
    lazy("share is a number between 0 and 1, found %(found)s"),
    lazy("%(what)s is a mapping with keys from %(known)s, found %(found)s"),
    lazy("%(what)s has no key %(name)s; it knows %(known)s"),
    lazy("a text is a string or a mapping of languages with at least `en`"),
    lazy("expected a date such as 2026-01-26, found %(found)s"),
    lazy("expected a time such as 21:00, found %(found)s"),
    lazy("expected a whole number, found %(found)s"),
    lazy("expected a number from 0 to %(most)s, found %(found)s"),
    lazy("%(name)s is neither a time zone nor a country fact"),
    lazy("%(name)s is no time of a row of %(table)s"),
    lazy("a sum of counts needs at least one"),
    lazy("expected a clause over %(table)s, or {by: …, where: …}, found %(found)s"),
    lazy("a window has one of days, months, calendar_month, and when_at_least goes with otherwise"),
    lazy("a window has a length"),
    lazy("a rate is a share from 0 to 1, found %(found)s"),
    lazy("expected a count, found %(found)s"),
    lazy("a limit needs a rate or a count"),
    lazy("a count is a limit of what is better when lower"),
    lazy("a level needs a name"),
    lazy("loss is a mapping of columns of %(table)s, found %(found)s"),
    lazy("a metric needs `%(key)s`"),
    lazy("%(name)s is no column of %(table)s"),
    lazy("a penalty has either steps, for one offence, or consequences, for the whole ledger"),
    lazy("steps belong to an offence"),
    lazy("steps rise"),
    lazy("offences are counted from 1"),
    lazy("offences are counted from 1"),
    lazy("a step needs `from` and `points`"),
    lazy("a consequence needs `at` and one of freeze_days, closes"),
    lazy("a penalty needs `%(key)s`"),
    lazy("tables is a mapping of tables"),
    lazy("expected one rule: a mapping with id, title, applies …"),
    lazy("expected one of %(known)s, found %(found)s"),
)
_HOLE = re.compile(r"%\\\((\w+)\\\)s|%\((\w+)\)s")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each sentence as a pattern whose holes take anything."""
    return tuple(
        (re.compile(_HOLE.sub(lambda m: f"(?P<{m[1] or m[2]}>.*?)", re.escape(text)), re.DOTALL), text) for text in SAID
    )


def translated(message: str) -> str:
    """The parser's sentence in the reader's language; one it has learnt since stays as it is."""
    for pattern, text in _patterns():
        found = pattern.fullmatch(message)
        if found:
            return gettext(text) % found.groupdict()
    return message
