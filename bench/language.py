"""Detection, reading, translation and guard on texts seen once. `python bench/language.py` prints one line a figure.

Texts are the shipped held-out messages with a number of their own, so that nothing remembered is counted. The raw limit
of reading and guard is the bare encoder on texts of the same length. Models are made before anything is timed. Memory
is measured in a process of its own that uses all of them.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.base.settings.main")
os.environ["OMP_NUM_THREADS"] = "1"  # one core, as the bars are stated

MESSAGES = ROOT / "src" / "amends" / "language" / "understand" / "held_out"
COUNT = 200
MOST_MB = 700
PORTUGUESE = (
    "O pacote {n} chegou com a tampa quebrada e eu gostaria de receber meu dinheiro de volta.",
    "Comprei este vestido no dia 3 e até agora o pedido {n} não chegou.",
    "O rastreamento {n} mostra que foi entregue, mas não recebi nada.",
    "Vocês enviaram o tamanho errado no pedido {n}, como faço para trocar?",
)


class Report(Protocol):
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None: ...


def messages(characters: int, offset: int, *, latin: bool = False) -> list[str]:
    """`COUNT` texts of about so many characters, no two alike, in all languages or in those written in Latin: messages
    of that length as they are, and where there are none of it, several behind one another."""
    lines = [line for path in sorted(MESSAGES.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    texts = [row["text"] for row in rows if not latin or row["text"].isascii() or max(row["text"]) < "\u0250"]
    fitting = [text for text in texts if abs(len(text) - characters) <= characters // 6]
    out, at = [], offset
    for number in range(COUNT):
        text = str(100_000 + offset * COUNT + number)
        while len(text) < characters - characters // 6:
            text += " " + (fitting or texts)[at * 7 % len(fitting or texts)]
            at += 1
        out.append(text[: characters + characters // 6])
    return out


def p50_ms(work: Callable[[str], Any], texts: Sequence[str]) -> tuple[float, float]:
    """(p50, p95) in milliseconds over `texts`, one at a time; the first is not counted."""
    work(texts[0])
    spent = []
    for text in texts[1:]:
        begun = time.perf_counter()
        work(text)
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent), statistics.quantiles(spent, n=20)[-1]


def run(report: Report) -> None:
    import django

    django.setup()
    from amends.judgement.guard import Context, check
    from amends.language.detect import detect
    from amends.language.encode import encoder
    from amends.language.understand import understand

    understand("Where is my order?")
    check("Where is your order?", "en", Context("amazon", "US"))

    p50, p95 = p50_ms(detect, messages(60, 0))
    report.add("language: detect, 60 characters, p50", p50, "ms", bar=1, at_most=True)
    report.add("language: detect, 60 characters, p95", p95, "ms")
    for characters, latin, bar in ((60, False, 30), (300, True, 150)):
        name = f"language: understand, {characters} {'Latin ' if latin else ''}characters"
        p50, p95 = p50_ms(understand, messages(characters, 1, latin=latin))
        report.add(f"{name}, p50", p50, "ms", bar=bar, at_most=True)
        report.add(f"{name}, p95", p95, "ms")
        bare, _ = p50_ms(lambda text: encoder().encode([text]), messages(characters, 2, latin=latin))
        report.add(f"{name}, times the bare encoder", p50 / bare, "times")
    batch = messages(60, 3)
    begun = time.perf_counter()
    for text in batch:
        understand(text)
    report.add("language: understand in batch, 60 characters", COUNT / (time.perf_counter() - begun), "/s", bar=40)
    where = Context("amazon", "US")
    for characters, bar in ((60, 30), (200, None)):
        p50, p95 = p50_ms(lambda text: check(text, "", where), messages(characters, 4 + characters, latin=True))
        name = f"language: guard, {characters} characters never seen"
        report.add(f"{name}, p50", p50, "ms", bar=bar, at_most=True)
        report.add(f"{name}, p95", p95, "ms")
    draft = ". ".join(messages(60, 5, latin=True)[:3])
    p50, p95 = p50_ms(lambda text: check(f"{draft}. {text}", "en", where), messages(60, 6, latin=True))
    report.add("language: guard, a sentence more in a draft of 200, p50", p50, "ms", bar=30, at_most=True)
    report.add("language: guard, a sentence more in a draft of 200, p95", p95, "ms")
    _translation(report)
    report.add("language: memory of all models, translation's worker too", _memory(), "MB", bar=MOST_MB, at_most=True)


def _translation(report: Report) -> None:
    from amends.language.translate.local import translate_all

    def sentence(number: int) -> str:
        return PORTUGUESE[number % len(PORTUGUESE)].format(n=100_000 + number)

    if translate_all([sentence(0)], "pt", "en") is None:
        print("language: translation skipped, no engine on this machine serves pt to en", flush=True)
        return
    p50, p95 = p50_ms(lambda text: translate_all([text], "pt", "en"), [sentence(n) for n in range(1, COUNT)])
    report.add("language: translate one sentence pt to en, p50", p50, "ms", bar=15, at_most=True)
    report.add("language: translate one sentence pt to en, p95", p95, "ms")
    begun = time.perf_counter()
    translate_all([sentence(n) for n in range(COUNT, 2 * COUNT)], "pt", "en")
    report.add("language: translate pt to en in batch", COUNT / (time.perf_counter() - begun), "/s")


def _memory() -> float:
    """Resident megabytes at the most, of a process that has loaded all models and of its worker."""
    done = subprocess.run(
        [sys.executable, __file__, "memory"], capture_output=True, text=True, check=True, env=os.environ
    )
    return float(done.stdout.split()[-1])


def _use_everything() -> float:
    import django

    django.setup()
    from amends.judgement.guard import Context, check
    from amends.language.translate.local import translate_all
    from amends.language.understand import understand

    for text in messages(300, 7, latin=True)[:20]:
        understand(text)
        check(text, "en", Context("amazon", "US"))
    for source, target in (("pt", "en"), ("en", "pt")):
        translate_all([PORTUGUESE[0].format(n=1)], source, target)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = sum(_peak(pid) for pid in _children())
    return (own + children) / 1024


def _children() -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()]


def _peak(pid: int) -> int:
    """VmHWM in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


class _Lines:
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None:
        wanted = "" if bar is None else f" (bar {'≤' if at_most else '≥'} {bar:,.4g})"
        print(f"{name}: {value:,.4g} {unit}{wanted}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["memory"]:
        print(_use_everything())
    else:
        run(_Lines())
