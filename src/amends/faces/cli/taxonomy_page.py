"""The reference page of the taxonomy, made from the tables."""

from __future__ import annotations

from collections.abc import Iterator

from amends.faces.cli import frame
from amends.kernel import reason_codes as codes
from amends.kernel.taxonomy import LEAVES, LOGISTICS_AND_PRODUCT, CaseClass, Leaf, Phase

_HEAD = """# The taxonomy of cases

This page is made from the tables in `kernel.reason_codes`; change them, not the page. `amends taxonomy map PLATFORM
CODE` looks up one code, `amends taxonomy show LEAF` one leaf, `amends taxonomy check` proves the tables.

- The **fourteen leaves** of logistics and product follow the sellers' own sorting: two classes by three phases. Payment
  and enquiry stand beside them.
- Which leaf a code means is **our reading**, not the platform's. *Exact*: the code says what the leaf says. *Narrower*:
  it is one way of being the leaf. *Wider*: it covers several leaves, or more than its leaf; the facts of the case
  choose, never the code alone.
- Liability is never read off a code.
- **Proof** A is the provider's own document or a copy of it, B its SDK or schema, C a third party. A list is *sourced*
  when a source claims to hold all of it, *partly* when it does not. Codes without a source are not listed.
"""
_PROOFS = {
    "A": "the provider's own document, or a copy of it",
    "B": "the provider's SDK or schema",
    "C": "a third party",
}


def page() -> str:
    """The text of docs/reference/taxonomy.md; a test fails when the file differs."""
    return "\n".join([_HEAD, *_tree(), *_leaves(), *_platforms(), *_without(), *_decided()]).rstrip() + "\n"


def _labels() -> dict[str, str]:
    """The console's English words for the leaves."""
    frame.setup_django()
    from django.utils import translation

    from amends.faces.console.words_judgement import LABELS

    with translation.override("en"):
        return {code: str(label) for code, label in LABELS["leaf"].items()}


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _tree() -> Iterator[str]:
    yield from ("## The tree\n", "| | sending | transport | sign-off |", "|---|---|---|---|")
    for klass in (CaseClass.LOGISTICS, CaseClass.PRODUCT):
        cells = (
            ", ".join(f"`{x.code}`" for x in LOGISTICS_AND_PRODUCT if x.klass is klass and x.phase is phase)
            for phase in (Phase.SENDING, Phase.TRANSPORT, Phase.SIGN_OFF)
        )
        yield f"| **{klass.value}** | " + " | ".join(cells) + " |"
    yield ""
    for klass in (CaseClass.PAYMENT, CaseClass.ENQUIRY):
        yield f"- **{klass.value}**: " + ", ".join(f"`{x.code}`" for x in LEAVES if x.klass is klass)
    yield ""


def _alone(leaf: Leaf) -> str:
    """The platforms with a code that means this leaf and no other; a list that has ended says when."""
    having: dict[str, str] = {}
    for entry in codes.LISTS:
        for code in entry.codes:
            if code.leaves == (leaf.code,) and code.exactness is not codes.Exactness.WIDER:
                having[entry.platform] = f" (until {entry.until})" if entry.until else ""
    if not having:
        return f"none: {codes.OWN_ONLY[leaf.code]}"
    return ", ".join(platform + ended for platform, ended in having.items())


def _leaves() -> Iterator[str]:
    labels = _labels()
    yield from (
        "## Leaves\n",
        "`case.kind` is what rules read; several leaves share one.\n",
        "| leaf | in words | `case.kind` | platforms with a code for it alone |",
        "|---|---|---|---|",
    )
    for leaf in LEAVES:
        yield f"| `{leaf.code}` | {labels[leaf.code]} | `{leaf.kind}` | {_alone(leaf)} |"
    yield ""


def _valid(entry: codes.ReasonList) -> str:
    if entry.since and entry.until:
        return f"from {entry.since} until {entry.until}"
    if entry.since:
        return f"from {entry.since}"
    return f"until {entry.until}" if entry.until else "dates not stated by the source"


def _spelling(code: codes.ReasonCode) -> str:
    end = {codes.Match.WHOLE: "{}", codes.Match.PREFIX: "{}…", codes.Match.SUFFIX: "…{}"}[code.match]
    return "<br>".join(f"`{end.format(name)}`" for name in (code.code, *code.aliases))


def _platforms() -> Iterator[str]:
    yield "## Codes by platform\n"
    for platform in codes.platforms():
        entries = [entry for entry in codes.LISTS if entry.platform == platform and entry.codes]
        if entries:
            yield f"### {platform}\n"
        for entry in entries:
            yield from _list(entry)


def _list(entry: codes.ReasonList) -> Iterator[str]:
    title = ", ".join(filter(None, (entry.name, entry.version)))
    yield f"**{title}**: {entry.status.value}, {_valid(entry)}."
    yield f"Source ({entry.proof}, {_PROOFS[entry.proof]}): {entry.source}."
    if entry.strip:
        yield f"A leading {', '.join(f'`{start}`' for start in entry.strip)} does not count."
    if entry.note:
        yield entry.note
    labelled = any(code.label for code in entry.codes)
    columns = ["code", *(["as printed"] if labelled else []), "leaf", "", "note"]
    yield from ("", "| " + " | ".join(columns) + " |", "|---" * len(columns) + "|")
    for code in entry.codes:
        cells = [
            _spelling(code),
            *([code.label] if labelled else []),
            ", ".join(f"`{leaf}`" for leaf in code.leaves),
            code.exactness.value,
            code.note,
        ]
        yield "| " + " | ".join(_cell(cell) for cell in cells) + " |"
    yield ""


def _without() -> Iterator[str]:
    yield from ("## Platforms without a sourced list\n", "No code of theirs is invented; a person chooses the leaf.\n")
    for entry in codes.LISTS:
        if entry.status is codes.Status.NONE:
            see = f" See {', '.join(entry.see)}." if entry.see else ""
            yield f"- **{entry.platform}**: {entry.note}{see}"
    yield ""


def _decided() -> Iterator[str]:
    yield "## Why PayPal decided\n"
    yield f"Labels for the record of a decision, not reasons for a case: {len(codes.PAYPAL_DECIDED)} of them, from"
    yield f"{codes.PAYPAL_DECIDED_SOURCE}.\n"
    yield ", ".join(f"`{label}`" for label in codes.PAYPAL_DECIDED)
