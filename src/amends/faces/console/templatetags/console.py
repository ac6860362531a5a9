"""Template words: icons, labels, money, moments, time left. They format; they never query."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.faces.console import formats, present, words, words_facts
from amends.kernel.languages import same
from amends.kernel.money import MoneyError, parse_money

register = template.Library()
UNDO = {"undo": "message_undo", "undo_withdrawal": "house_rule_restore"}  # the word of a note: the address
SIGNS = {"late": "warning", "soon": "today", "ok": "check"}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite. Always beside or under a word, so hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', extra, static("icons.svg"), name
    )


@register.filter
def word(code: object, kind: str) -> str:
    """`{{ case.leaf|word:"leaf" }}`"""
    return words.label(kind, code)


@register.simple_tag(takes_context=True)
def money(context: dict[str, Any], minor: int | None, currency: str) -> str:
    return formats.money(minor, currency, context["locale"])


@register.simple_tag(takes_context=True)
def amount(context: dict[str, Any], wire: Any) -> str:
    """Money in its wire form, `"41.80 USD"` or `{"amount": …, "currency": …}`; anything else as it stands."""
    if isinstance(wire, dict) and "currency" in wire:
        wire = f"{wire.get('amount')} {wire['currency']}"
    try:
        value = parse_money(str(wire))
    except MoneyError:
        return "–" if wire in (None, "") else str(wire)
    return formats.money(value.minor, value.currency, context["locale"]) if value.minor else "–"


@register.simple_tag(takes_context=True)
def number(context: dict[str, Any], value: Any) -> str:
    return "–" if value is None else formats.number(value, context["locale"])


@register.simple_tag(takes_context=True)
def percent(context: dict[str, Any], share: Any) -> str:
    return "–" if share in (None, "") else formats.percent(share, context["locale"])


@register.simple_tag(takes_context=True)
def rate(context: dict[str, Any], share: Any) -> str:
    return "–" if share in (None, "") else formats.rate(share, context["locale"])


@register.simple_tag
def bars(counts: list[int], late: bool = False) -> SafeString:  # noqa: FBT001, FBT002 - a template has no keywords to spare
    """Counts over equal parts of a window, oldest first, as small bars; the numbers stand in its title."""
    most = max([*counts, 1])
    pieces = [(8 * i, 20 - h, h) for i, n in enumerate(counts) if (h := round(18 * n / most))]
    drawn = format_html_join("", '<rect x="{}" y="{}" width="6" height="{}"/>', pieces)
    return format_html(
        '<svg class="bars{}" viewBox="0 0 {} 21" role="img"><title>{}</title><path d="M0 20.5h{}"/>{}</svg>',
        " late" if late else "", 8 * len(counts) - 2, " ".join(str(n) for n in counts), 8 * len(counts) - 2, drawn,
    )  # fmt: skip


@register.filter
def size(count: int | None) -> str:
    return "–" if count is None else formats.size(count)


def _aware(value: Any) -> datetime | None:
    """A moment from the database, or from a JSON body as ISO text."""
    if isinstance(value, str):
        value = parse_datetime(value)
    if isinstance(value, datetime) and timezone.is_naive(value):
        value = value.replace(tzinfo=timezone.get_default_timezone())
    return value if isinstance(value, datetime) else None


@register.simple_tag(takes_context=True)
def when(context: dict[str, Any], value: Any, zone: str = "", *, seconds: bool = False) -> SafeString | str:
    """Absolute time in the reader's zone, or in `zone` with the place named. Hover shows it in UTC."""
    at = _aware(value)
    if at is None:
        return "–"
    try:
        place = ZoneInfo(zone) if zone else timezone.get_current_timezone()
    except (ZoneInfoNotFoundError, ValueError):
        place = ZoneInfo("UTC")
    text = formats.moment(at, place, context["now"], context["locale"], seconds=seconds)
    if zone:
        text = f"{text} {place_name(zone)}"
    utc = at.astimezone(ZoneInfo("UTC"))
    return format_html('<time datetime="{}" title="{} UTC">{}</time>', utc.isoformat(), f"{utc:%Y-%m-%d %H:%M}", text)


@register.simple_tag(takes_context=True)
def day(context: dict[str, Any], value: Any) -> str:
    at = _aware(value)
    return formats.day(at, timezone.get_current_timezone(), context["now"], context["locale"]) if at else "–"


@register.filter
def place_name(zone: str) -> str:
    """`America/Los_Angeles` -> `Los Angeles`"""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


@register.simple_tag(takes_context=True)
def left(context: dict[str, Any], value: Any) -> SafeString | str:
    """Time left as a pill: colour, sign and words say the same. `clocks.js` keeps it true."""
    due = _aware(value)
    if due is None:
        return format_html('<span class="pill">{}</span>', _("no clock"))
    shown = formats.left(due, context["now"])
    return format_html(
        '<time class="pill {}" datetime="{}" title="{}" data-left>{}<span>{}</span></time>',
        shown.state,
        due.isoformat(),
        formats.moment(due, timezone.get_current_timezone(), context["now"], context["locale"]),
        icon(SIGNS[shown.state]),
        shown.words,
    )


@register.simple_tag(takes_context=True)
def left_state(context: dict[str, Any], value: Any) -> str:
    due = _aware(value)
    return formats.left(due, context["now"]).state if due else ""


@register.simple_tag(takes_context=True)
def spent(context: dict[str, Any], starts: Any, due: Any) -> int:
    """How much of a clock is used up, 0 to 100."""
    start, end = _aware(starts), _aware(due)
    if start is None or end is None or end <= start:
        return 0
    done = (context["now"] - start) / (end - start)
    return max(0, min(100, round(done * 100)))


@register.simple_tag
def share_bar(liability: list[dict[str, Any]]) -> SafeString:
    """Who bears how much, as one bar. Drawn in SVG since inline styles are forbidden; names stand beneath it."""
    offset = 0.0
    pieces = []
    for part in liability:
        width = round(float(part.get("share") or 0) * 100, 2)
        pieces.append((offset, width, part.get("party", "unknown")))
        offset += width
    bars = format_html_join("", '<rect x="{}" y="0" width="{}" height="10" class="party-{}"/>', pieces)
    return format_html(
        '<svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>', bars
    )


@register.simple_tag(takes_context=True)
def language_name(context: dict[str, Any], code: str) -> str:
    return formats.language_name(code, context["locale"]) if code else "–"


@register.filter
def needs_translation(message: Any) -> bool:
    """Whether a message is in another language than the one this page is read in."""
    reader = str(get_language() or "en")
    return not same(message.language or "und", "zh" if reader.startswith("zh") else reader)


@register.filter
def engine_word(text: str) -> str:
    """A label or hint of a translation service's form, in the reader's language where there is one."""
    return str(words.LABELS["engine_field"].get(text, text))


@register.filter
def braced(name: str) -> str:
    return f"{{{name}}}"


_VERDICT = {"block": ("late", "stop"), "gate": ("soon", "warning"), "": ("ok", "check")}


@register.simple_tag
def verdict_pill(verdict: str) -> SafeString:
    """What the guard says, as colour, sign and word."""
    state, sign = _VERDICT.get(verdict, ("", "info"))
    return format_html(
        '<span class="pill {}">{}<span>{}</span></span>', state, icon(sign), words.label("verdict", verdict)
    )


@register.simple_tag(takes_context=True)
def country_name(context: dict[str, Any], code: str) -> str:
    return formats.country_name(code, context["locale"]) if code else "–"


@register.filter
def initials(name: str) -> str:
    """Two letters of a name; one character of a Chinese, Japanese or Korean one, whose first is the surname."""
    text = str(name).strip()
    if not text:
        return "?"
    if ord(text[0]) >= 0x2E80:  # noqa: PLR2004 - where the East Asian scripts begin
        return text[0]
    parts = text.replace(".", " ").split()
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """`{{ rows|item:key }}`, None when absent."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def share_of(part: Any, whole: Any) -> int:
    """Percent of a whole for a progress bar, 0 when the whole is not known."""
    return min(100, round(100 * part / whole)) if whole else 0


@register.filter
def pretty(value: Any) -> str:
    """A JSON value on one line, as a person reads it."""
    if value is True:
        return _("yes")
    if value is False:
        return _("no")
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(pretty(part) for part in value) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {pretty(part)}" for key, part in value.items()) or "–"
    return str(value)


@register.simple_tag
def field(bound: Any, extra: str = "") -> SafeString:
    """One form field of the house: label, control, help, mistakes, tied together for screen readers."""
    from django.template.loader import render_to_string

    return mark_safe(render_to_string("parts/field.html", {"field": bound, "extra": extra}))  # noqa: S308 - a template


@register.filter
def undo_of(message: Any) -> dict[str, str] | None:
    """`undo:<id>:<seconds>` in a note's extra tags: it gets a button that takes back what was done to that row."""
    word, _sep, rest = str(message.extra_tags or "").partition(":")
    if word not in UNDO:
        return None
    pk, _sep, seconds = rest.partition(":")
    return {"pk": pk, "seconds": seconds, "to": UNDO[word]}


@register.simple_tag(takes_context=True)
def tr(context: dict[str, Any], texts: Any) -> str:
    """A text of the rulebook in the reader's language: `{"en": …, "zh": …}`."""
    if not isinstance(texts, dict):
        return str(texts or "")
    language = str(context.get("language", "en"))
    for code in (language, language.partition("-")[0], "en"):
        if texts.get(code):
            return str(texts[code])
    return str(next(iter(texts.values()), ""))


@register.filter
def titled(text: Any) -> str:
    """First letter large, the rest as it stands."""
    found = str(text)
    return found[:1].upper() + found[1:]


@register.filter
def unknown_kind(fact: str) -> str:
    return present.unknown_kind(fact)


@register.filter
def unknown_codes(fact: str) -> tuple[str, ...]:
    return present.unknown_codes(fact)


@register.filter
def question(unknown: dict[str, Any]) -> str:
    return words_facts.question(unknown)


@register.filter
def change_words(change: dict[str, Any]) -> str:
    return present.change_words(change)


@register.filter
def ledger_word(verb: str) -> str:
    return words.label("ledger_verb", verb.removesuffix(":done"))


@register.simple_tag(takes_context=True)
def saw(context: dict[str, Any], value: Any) -> SafeString | str:
    """What a rule saw: a moment as a moment, a code in words, everything else as it stands."""
    if isinstance(value, str):
        return when(context, value) if _aware(value) else words.label("fact_value", value)
    return _("not there") if value is None else pretty(value)


@register.filter
def outcome_words(value: Any) -> str:
    """One value of an outcome: codes in words, the rest as it stands."""
    if isinstance(value, str):
        return words.label("outcome_value", value)
    if isinstance(value, list):
        return ", ".join(
            words.label("outcome_value", part) if isinstance(part, str) else pretty(part) for part in value
        )
    return pretty(value)


@register.filter
def is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


@register.filter
def problem_words(problem: Any) -> str:
    """Why a row or a file was refused, in a sentence: a rejected row, or a problem as stored."""
    if isinstance(problem, dict):
        code, params = str(problem.get("code", "")), problem.get("params") or {}
    else:
        code, params = str(getattr(problem, "code", problem)), getattr(problem, "params", None) or {}
    return words.problem(code, params)


@register.simple_tag
def js_words() -> SafeString:
    """The few words scripts write themselves, as a data block: it is read, never run."""
    return json_script(
        {
            "d": _("%(n)s d"),
            "h": _("%(n)s h"),
            "m": _("%(n)s m"),
            "over": _("%(time)s over"),
            "seconds": _("%(n)s s"),
            "copied": _("Copied."),
            "copy_failed": _("Could not copy: select the text and copy it yourself."),
            "offline": _("No connection to the server. Nothing was changed."),
            "broken": _("The server could not answer. Nothing was changed."),
        },
        "words",
    )
