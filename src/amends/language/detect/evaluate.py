"""How often the language is seen, beside the better of the two detectors alone."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from amends.kernel.languages import same
from amends.language.detect import UNDETERMINED, detect
from amends.language.detect.engines import alone

# Tatoeba's codes for rows of our table.
ISO_3 = dict(
    pair.split(":")
    for pair in [
        "afr:af",
        "amh:am",
        "ara:ar",
        "aze:az",
        "bel:be",
        "bul:bg",
        "ben:bn",
        "bos:bs",
        "cat:ca",
        "ces:cs",
        "dan:da",
        "deu:de",
        "ell:el",
        "eng:en",
        "spa:es",
        "est:et",
        "eus:eu",
        "pes:fa",
        "fin:fi",
        "fra:fr",
        "glg:gl",
        "heb:he",
        "hin:hi",
        "hrv:hr",
        "hun:hu",
        "hye:hy",
        "ind:id",
        "isl:is",
        "ita:it",
        "jpn:ja",
        "kat:ka",
        "kaz:kk",
        "khm:km",
        "kor:ko",
        "lit:lt",
        "lvs:lv",
        "mkd:mk",
        "mal:ml",
        "mon:mn",
        "mar:mr",
        "zsm:ms",
        "nob:nb",
        "nld:nl",
        "pol:pl",
        "por:pt",
        "ron:ro",
        "rus:ru",
        "slk:sk",
        "slv:sl",
        "sqi:sq",
        "srp:sr",
        "swe:sv",
        "swh:sw",
        "tam:ta",
        "tel:te",
        "tha:th",
        "tgl:tl",
        "tur:tr",
        "ukr:uk",
        "urd:ur",
        "uzb:uz",
        "vie:vi",
        "cmn:zh",
    ]
)


@dataclass(frozen=True, slots=True)
class Report:
    """Shares between 0 and 1, families counting as one language. `undetermined` counts as wrong. `alone`: py3langid
    restricted to the table."""

    count: int
    accuracy: float
    alone: float
    undetermined: float
    by_language: dict[str, float]


def measure(rows: Sequence[tuple[str, str]]) -> Report:
    """`rows`: (text, language). ValueError for none."""
    if not rows:
        raise ValueError("no rows to measure")
    found = [detect(text).language for text, _ in rows]
    right = [same(got, language) for got, (_, language) in zip(found, rows, strict=True)]
    languages: dict[str, list[bool]] = {}
    for ok, (_, language) in zip(right, rows, strict=True):
        languages.setdefault(language, []).append(ok)
    return Report(
        len(rows),
        sum(right) / len(rows),
        sum(same(alone(text), language) for text, language in rows) / len(rows),
        sum(code == UNDETERMINED for code in found) / len(rows),
        {code: sum(oks) / len(oks) for code, oks in sorted(languages.items())},
    )


def tatoeba_rows(data: Path) -> Iterable[tuple[str, str]]:
    with gzip.open(data / "tatoeba" / "tatoeba_shared.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["lang"] in ISO_3:
                yield row["text"], ISO_3[row["lang"]]


def tatoeba(data: Path) -> Report | None:
    """On the shared sentences of our languages; None where the file is absent."""
    if not (data / "tatoeba" / "tatoeba_shared.csv.gz").is_file():
        return None
    return measure(list(tatoeba_rows(data)))
