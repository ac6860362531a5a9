"""Similar cases among 1,000,000 closed ones. `python bench/precedents.py` prints one line a figure.

All cases are synthetic: features drawn by the shares below, words by Zipf's law over 20,000 numbers, and embeddings of
384 dimensions that point anywhere. Encoding happens when a case is closed and is not measured here. The cases stand in
an SQLite file as an installation has it; a process of its own, held to one core, reads all of them into its index and
then answers searches as the console asks them: facts and words in, five cases compared out, database included.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parents[1]
CASES = int(os.environ.get("AMENDS_BENCH_PRECEDENTS", "1000000"))
SEARCHES = 400
DIMENSIONS = 384
ENGINE = "synthetic-384"
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MOST_P95_MS, MOST_BUILD_S, MOST_MB = 50, 300, 2000
PLATFORMS = {"aliexpress": 45, "ebay": 20, "amazon": 15, "shopify": 12, "shopee": 8}
LEAVES = {
    "delivered_not_received": 22, "in_transit_late": 26, "customs_detained": 4, "damaged": 14, "quality": 10,
    "wrong_item": 6, "change_of_mind": 9, "cancellation": 5, "refund_missing": 3, "chargeback": 1,
}  # fmt: skip
COUNTRIES = {"US": 30, "BR": 14, "ES": 10, "FR": 10, "DE": 9, "GB": 9, "RU": 8, "JP": 5, "PL": 5}
FLAGS = {
    "to_address": 0.8, "signature": 0.4, "tracking_valid": 0.9, "protected_label": 0.2, "photos": 0.7, "late": 0.5,
    "opened": 0.3, "threat": 0.1,
}  # fmt: skip
REMEDIES = ("refund_full", "partial_refund", "replacement", "return_and_refund", "")


class Report(Protocol):
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None: ...


def run(report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as home:
        made = _elsewhere(home, "make")
        report.add(f"precedents: {CASES:,} synthetic cases on disk", made["mb"], "MB")
        for what, name in (("words", "words"), ("embedding", f"{DIMENSIONS}-d synthetic embeddings")):
            found = _elsewhere(home, what)
            start = f"similar among {CASES:,}, {name}"
            report.add(f"{start}: index built", found["build"], "s", bar=MOST_BUILD_S, at_most=True)
            report.add(f"{start}: peak memory", found["mb"], "MB", bar=MOST_MB, at_most=True)
            report.add(f"{start}: p50", found["p50"], "ms")
            report.add(f"{start}: p95", found["p95"], "ms", bar=MOST_P95_MS, at_most=True)
            report.add(f"{start}: slowest of {SEARCHES}", found["most"], "ms")
            report.add(f"{start}: one case more, then search, p50", found["one_more"], "ms")


def _elsewhere(home: str, what: str) -> dict[str, float]:
    environment = os.environ | {
        "AMENDS_HOME": home, "DATABASE_URL": "", "AMENDS_SECRET_KEY": "bench", "AMENDS_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "amends.base.settings.main", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(Path(__file__).resolve()), f"--child={what}"],
        env=environment, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _child(what: str) -> None:
    import django

    django.setup()
    print(json.dumps(_make() if what == "make" else _measure(with_embedding=what == "embedding")))


def _make() -> dict[str, float]:
    from django.core.management import call_command
    from django.db import connection, transaction

    from amends.base.accounts.models import Organisation
    from amends.judgement.precedents.models import Precedent, Watermark

    call_command("migrate", verbosity=0, skip_checks=True)
    house = Organisation.objects.create(name="Bench", slug="bench", digest_salt="salt")
    rows = _Rows(7)
    columns = [f.column for f in Precedent._meta.concrete_fields if f.column != "id"]
    places = ", ".join(["?"] * len(columns))
    sql = f"INSERT INTO precedents_precedent ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - our own names
    for start in range(0, CASES, 10_000):
        batch = [rows.row(house.pk, number) for number in range(start + 1, min(start + 10_000, CASES) + 1)]
        with transaction.atomic():
            connection.connection.executemany(sql, [[row[c] for c in columns] for row in batch])
    Watermark.objects.create(organisation=house, stamp="bench", change=CASES)
    assert Precedent.objects.count() == CASES
    size = sum(f.stat().st_size for f in Path(os.environ["AMENDS_HOME"]).rglob("*") if f.is_file())
    return {"mb": size / 1e6}


class _Rows:
    """Synthetic precedents, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        from amends.kernel.taxonomy import kind_of

        self.rng = random.Random(seed)
        self._kind_of = kind_of
        self._words: list[int] = []

    def _one(self, shares: dict[str, int]) -> str:
        return self.rng.choices(list(shares), list(shares.values()))[0]

    def _maybe(self, share: float) -> bool | None:
        """Unknown in two of five cases: carriers and buyers tell little."""
        return None if self.rng.random() < 0.4 else self.rng.random() < share

    def features(self) -> Any:
        from decimal import Decimal

        from amends.judgement.precedents.core import Features
        from amends.judgement.precedents.core.features import region_of

        rng, leaf, country = self.rng, self._one(LEAVES), self._one(COUNTRIES)
        platform = self._one(PLATFORMS)
        return Features(
            kind=self._kind_of(leaf),
            leaf=leaf,
            platform=platform,
            site="us" if platform in ("amazon", "ebay") else None,
            fulfilment="platform" if platform == "amazon" and rng.random() < 0.6 else "seller",
            ship_country=country,
            region=region_of(country),
            channel=rng.choice(("none", "none", "platform", "payment_dispute")),
            demand=rng.choice((None, "refund", "partial_refund", "replacement")),
            delivered=leaf != "in_transit_late" and rng.random() < 0.9,
            returned=rng.random() < 0.1,
            customs_held=leaf == "customs_detained",
            value=Decimal(round(rng.lognormvariate(3.4, 1.1) * 100)) / 100,
            days=rng.randrange(2, 90),
            **{name: self._maybe(share) for name, share in FLAGS.items()},
        )

    def words(self) -> tuple[int, ...]:
        """Zipf's law, near enough: a rank is e to the power of an even draw."""
        rng = self.rng
        return tuple(sorted(1 + int(20_000 ** rng.random()) * 3 for _ in range(rng.randrange(8, 45))))

    def row(self, organisation_id: int, number: int) -> dict[str, Any]:
        from amends.judgement.precedents.core import CODING, Offered, Outcome, encode, pack, pack_words

        features, rng = self.features(), self.rng
        remedy = rng.choice(REMEDIES)
        outcome = Outcome("for_buyer", remedy, (Offered(remedy, "accepted"),) if remedy else (), days=rng.randrange(40))
        return {
            "organisation_id": organisation_id, "case_number": number, "change": number, "forgotten": False,
            "closed_at": (NOW - timedelta(minutes=rng.randrange(2_000_000))).strftime("%Y-%m-%d %H:%M:%S"),
            "platform": features.platform, "kind": features.kind, "features": json.dumps(features.to_json()),
            "coding": CODING, "vector": pack(encode(features)), "words": pack_words(self.words()), "engine": ENGINE,
            "embedding": rng.randbytes(DIMENSIONS), "outcome": json.dumps(outcome.to_json()),
        }  # fmt: skip


class _Anywhere:
    """Stands for an encoder: gives vectors of its size. Real encoding is no part of this figure."""

    name, dimensions = ENGINE, DIMENSIONS

    def encode(self, texts: list[str]) -> list[bytes]:
        return [random.Random(text).randbytes(DIMENSIONS) for text in texts]


def _measure(*, with_embedding: bool) -> dict[str, float]:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    from django.db import connection

    from amends.base.accounts.core import system_scope
    from amends.base.accounts.models import Organisation
    from amends.judgement.precedents import queries
    from amends.judgement.precedents.actions import Closed, forget, remember
    from amends.judgement.precedents.core import Outcome
    from amends.judgement.rules.facts import read_facts
    from bench.judgement import wire_cases

    scope = system_scope(Organisation.objects.get(slug="bench").pk)
    encoder: Any = _Anywhere() if with_embedding else None
    asked = [read_facts(wire) for wire in wire_cases(SEARCHES, seed=11)]
    # One in ten knows nothing but what it is about: most of what is stored is then about equally far.
    for record in asked[::10]:
        for name in set(record) - {"platform", "case.kind", "case.leaf"}:
            del record[name]
    words = ["parcel", "never", "came", "refund", "please", "broken", "box", "wait", "weeks", "money", "back", "late"]
    rng = random.Random(3)
    texts = [" ".join(rng.choices(words, k=20)) for _ in asked]
    begun = time.perf_counter()
    first = queries.similar(scope, asked[0], texts[0], 5, now=NOW, encoder=encoder)
    build = time.perf_counter() - begun
    assert first.searched > CASES // 100
    spent, answered = [], 0
    for record, text in zip(asked, texts, strict=True):
        begun = time.perf_counter()
        found = queries.similar(scope, record, text, 5, now=NOW, encoder=encoder)
        spent.append((time.perf_counter() - begun) * 1000)
        answered += bool(found.matches)
    assert answered > SEARCHES * 0.9, f"{answered} of {SEARCHES} searches found something"
    more = []
    for number in range(CASES + 1, CASES + 21):
        remember(scope, Closed(number, NOW, asked[1], Outcome(), texts[1]), encoder)
        begun = time.perf_counter()
        found = queries.similar(scope, asked[1], texts[1], 1, now=NOW, encoder=encoder)
        more.append((time.perf_counter() - begun) * 1000)
        assert found.matches[0].likeness == 1
    for number in range(CASES + 1, CASES + 21):
        forget(scope, number)
    connection.close()
    return {
        "build": build, "p50": statistics.median(spent), "p95": statistics.quantiles(spent, n=20)[-1],
        "most": max(spent), "one_more": statistics.median(more),
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


class _Print:
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None:
        mark = "" if bar is None else f"   (bar {'≤' if at_most else '≥'} {bar:g})"
        print(f"{name:<80} {value:>12,.1f} {unit}{mark}", flush=True)


if __name__ == "__main__":
    children = [a for a in sys.argv[1:] if a.startswith("--child=")]
    if children:
        _child(children[0].partition("=")[2])
    else:
        run(_Print())
