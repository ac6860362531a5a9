"""The same code on public data sets, read in place. A bar that is missed is said, not hidden."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from amends.language.encode import encoder
from amends.language.encode.core import Vectors

SETS = ("tatoeba", "banking77", "bitext", "clinc", "multidogo", "ntrex")
_SEEDS = (1, 2, 3, 4, 5)
_FIFTH = 0.2
_MOST = 6000  # rows of the larger sets: their figures are printed, not judged
_BATCH = 400
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Figure:
    """`held`: None where there is no bar."""

    name: str
    value: float
    bar: float | None = None
    held: bool | None = None


def _judged(name: str, value: float, bar: float) -> Figure:
    return Figure(name, round(value, 4), bar, value >= bar)


def measure(data: Path, sets: Iterable[str], say: Say) -> list[Figure]:
    """Each set that is there; one that is absent is said and left out."""
    work: dict[str, Callable[[Path, Say], list[Figure]]] = {
        "tatoeba": _tatoeba, "banking77": _banking77, "bitext": _bitext, "clinc": _clinc,
        "multidogo": _multidogo, "ntrex": _ntrex,
    }  # fmt: skip
    found: list[Figure] = []
    for name in sets:
        folder = data / {"bitext": "bitext_support", "clinc": "clinc_oos"}.get(name, name)
        if not folder.is_dir():
            say(f"{name}: skipped, {folder} is absent")
            continue
        say(f"{name}: measuring")
        found += work[name](folder, say)
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _encoded(texts: Sequence[str], say: Say) -> Vectors:
    parts = []
    for start in range(0, len(texts), _BATCH):
        parts.append(encoder().encode(texts[start : start + _BATCH]))
        if start and start % (_BATCH * 5) == 0:
            say(f"  {start} of {len(texts)} texts encoded")
    return np.concatenate(parts)


def _tatoeba(folder: Path, say: Say) -> list[Figure]:
    from amends.language.detect.evaluate import tatoeba

    found = tatoeba(folder.parent)
    if found is None:
        say("tatoeba: skipped, its file is absent")
        return []
    return [
        _judged("tatoeba, detection, families merged", found.accuracy, 0.96),
        _judged("tatoeba, detection, not below py3langid alone", found.accuracy, round(found.alone, 4)),
        Figure("tatoeba, py3langid alone", round(found.alone, 4)),
        Figure("tatoeba, share undetermined", round(found.undetermined, 4)),
    ]


def _wording(texts: Sequence[str]) -> csr_matrix:
    words = TfidfVectorizer(analyzer="word", ngram_range=(1, 2), sublinear_tf=True).fit_transform(texts)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True).fit_transform(texts)
    return csr_matrix(hstack([words, letters]) / np.sqrt(2))  # rows of length one, as each of the two has


def _split(count: int, seed: int) -> NDArray[np.bool_]:
    """A fifth to be read, the rest to learn from."""
    chosen = np.random.default_rng(seed).permutation(count)[: round(count * _FIFTH)]
    out = np.zeros(count, dtype=bool)
    out[chosen] = True
    return out


def _fifths(
    texts: Sequence[str], labels: Sequence[str], say: Say, seeds: Sequence[int] = _SEEDS
) -> tuple[float, float]:
    """(encoder alone, encoder and TF-IDF together): mean accuracy over seeded fifths."""
    vectors, wording, y = _encoded(texts, say), _wording(texts), np.array(labels)
    both = csr_matrix(hstack([wording, csr_matrix(vectors * 1.5)]))
    alone, together = [], []
    for seed in seeds:
        out = _split(len(y), seed)
        by_meaning = LogisticRegression(C=300.0, max_iter=400).fit(vectors[~out], y[~out])
        alone.append(float((by_meaning.predict(vectors[out]) == y[out]).mean()))
        joined = LinearSVC(C=1.0).fit(both[~out], y[~out])
        together.append(float((joined.predict(both[out]) == y[out]).mean()))
        say(f"  seed {seed}: encoder {alone[-1]:.4f}, with TF-IDF {together[-1]:.4f}")
    return float(np.mean(alone)), float(np.mean(together))


def _banking77(folder: Path, say: Say) -> list[Figure]:
    rows = _rows(folder / "train.csv.gz")
    alone, together = _fifths([r["text"] for r in rows], [r["category"] for r in rows], say)
    return [
        _judged("banking77, encoder and TF-IDF, five seeded fifths", together, 0.92),
        Figure("banking77, encoder alone", round(alone, 4)),
    ]


def _bitext(folder: Path, say: Say) -> list[Figure]:
    train, dev = _rows(folder / "train.csv.gz"), _rows(folder / "dev.csv.gz")
    return _fixed(
        "bitext, 27 intents",
        [(r["utterance"], r["intent"]) for r in train],
        [(r["utterance"], r["intent"]) for r in dev],
        say,
    )


def _clinc(folder: Path, say: Say) -> list[Figure]:
    rows = _rows(folder / "train_val.csv.gz")
    train = [(r["text"], r["intent"]) for r in rows if r["part"] == "train"][::2]
    dev = [(r["text"], r["intent"]) for r in rows if r["part"] != "train"]
    return _fixed("clinc, 150 intents, half of its training rows", train, dev, say)


def _multidogo(folder: Path, say: Say) -> list[Figure]:
    rows = [r for r in _rows(folder / "train_dev.csv.gz") if r["intent"] and r["utterance"].strip()]
    train = [(r["utterance"], r["intent"]) for r in rows if r["part"] == "train"]
    dev = [(r["utterance"], r["intent"]) for r in rows if r["part"] != "train"]
    return _fixed("multidogo, customers' turns", train, dev, say)


def _fixed(name: str, train: Sequence[tuple[str, str]], dev: Sequence[tuple[str, str]], say: Say) -> list[Figure]:
    """Learnt on the set's own training part, thinned evenly above `_MOST` rows, and read on the other part."""
    thin = train[:: max(1, len(train) // _MOST)]
    read = dev[:: max(1, len(dev) // (_MOST // 3))]
    model = LogisticRegression(C=100.0, max_iter=300).fit(_encoded([t for t, _ in thin], say), [y for _, y in thin])
    got = model.predict(_encoded([t for t, _ in read], say))
    return [
        Figure(
            f"{name}, encoder alone ({len(thin)} learnt, {len(read)} read)",
            round(float(np.mean(got == [y for _, y in read])), 4),
        )
    ]


def _ntrex(folder: Path, say: Say) -> list[Figure]:
    """chrF of the pair that an extra brings, over the shared sentences."""
    try:
        import sacrebleu
    except ImportError:
        say("ntrex: skipped, sacrebleu is not installed (requirements/test.txt)")
        return []
    from amends.language.translate.local import translate_all

    rows = _rows(folder / "ntrex_shared.csv.gz")
    found = []
    for source, target, ours, theirs in (("por-BR", "eng", "pt", "en"), ("eng", "por-BR", "en", "pt")):
        texts = translate_all([r[source] for r in rows], ours, theirs)
        if texts is None:
            say(f"ntrex: skipped, no engine on this machine serves {ours} to {theirs}")
            continue
        score = sacrebleu.corpus_chrf(texts, [[r[target] for r in rows]]).score
        found.append(Figure(f"ntrex, {ours} to {theirs}, chrF over {len(rows)} sentences", round(float(score), 2)))
    return found
