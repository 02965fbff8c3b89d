"""Measures a reader on labelled texts: as written, without accents, with noise, and beside plain baselines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nlp.examples import Example
from nlp.features import topic_leaning
from nlp.noise import noisy_copy, strip_accents
from nlp.reader import Reader
from nlp.reading import INSIDE, Reading

COPIES: dict[str, Callable[[str], str]] = {
    "clean": lambda text: text,
    "stripped": strip_accents,
    "noisy": lambda text: noisy_copy(text, text),
}


@dataclass(frozen=True, slots=True)
class TopicScore:
    """How often the category is right, all as shares 0 to 1. `ece` is the expected calibration error over ten bins."""

    rows: int
    top1: float
    top3: float
    macro_f1: float
    coverage: float
    precision: float
    ece: float


@dataclass(frozen=True, slots=True)
class CategoryScore:
    """One category: how many rows carry it, and precision, recall and F1 of naming it first."""

    rows: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class SideScore:
    """What is judged beside the category; shares 0 to 1, None where no row is labelled for it."""

    urgency_rows: int = 0
    urgent_recall: float | None = None
    urgent_precision: float | None = None
    urgency_accuracy: float | None = None
    danger_recall: float | None = None
    outside_rows: int = 0
    outside_found: float | None = None
    outside_named: float | None = None
    turned_away: float | None = None
    second_rows: int = 0
    second_recall: float | None = None
    second_precision: float | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything measured on one file."""

    topics: dict[str, TopicScore]
    categories: dict[str, CategoryScore]
    confusion: list[tuple[str, str, int]]
    side: dict[str, SideScore]
    baselines: dict[str, float] = field(default_factory=dict)


def share(hits: int, of: int) -> float | None:
    """hits / of, or None when there is nothing to divide by."""
    return round(hits / of, 4) if of else None


def evaluate(reader: Reader, examples: Sequence[Example]) -> Evaluation:
    """Reads every text as it is, without accents and with noise, and compares."""
    topics: dict[str, TopicScore] = {}
    side: dict[str, SideScore] = {}
    categories: dict[str, CategoryScore] = {}
    confusion: list[tuple[str, str, int]] = []
    for copy, alter in COPIES.items():
        readings = [reader.read(alter(example.text)) for example in examples]
        pairs = [(e, r) for e, r in zip(examples, readings, strict=True) if e.is_complaint]
        topics[copy] = score_topics(pairs)
        side[copy] = score_sides(examples, readings)
        if copy == "clean":
            categories = score_categories(pairs)
            confusion = confused(pairs)
    return Evaluation(topics, categories, confusion, side, baselines(reader, examples))


Pairs = Sequence[tuple[Example, Reading]]


def score_topics(pairs: Pairs) -> TopicScore:
    """Right answers, how many are proposed alone and how often rightly, and how honest the probabilities are."""
    if not pairs:
        return TopicScore(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    right = [reading.category in example.accepted for example, reading in pairs]
    among = sum(any(c.category in example.accepted for c in reading.candidates) for example, reading in pairs)
    proposed = [hit for hit, (_, reading) in zip(right, pairs, strict=True) if not reading.abstain]
    per_class = score_categories(pairs)
    return TopicScore(
        rows=len(pairs),
        top1=round(sum(right) / len(pairs), 4),
        top3=round(among / len(pairs), 4),
        macro_f1=round(sum(score.f1 for score in per_class.values()) / max(1, len(per_class)), 4),
        coverage=round(len(proposed) / len(pairs), 4),
        precision=share(sum(proposed), len(proposed)) or 0.0,
        ece=_calibration_error([reading.candidates[0].probability for _, reading in pairs], right),
    )


def _calibration_error(chances: Sequence[float], right: Sequence[bool]) -> float:
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for chance, hit in zip(chances, right, strict=True):
        bins[min(int(chance * 10), 9)].append((chance, hit))
    gaps = (abs(sum(chance for chance, _ in members) - sum(hit for _, hit in members)) for members in bins.values())
    return round(sum(gaps) / len(right), 4)


def _named(example: Example, reading: Reading) -> str:
    """The label that the row counts under: an accepted second topic counts as right."""
    return reading.category if reading.category in example.accepted else str(example.category)


def score_categories(pairs: Pairs) -> dict[str, CategoryScore]:
    """Precision, recall and F1 of every category that the rows carry."""
    meant = Counter(_named(example, reading) for example, reading in pairs)
    said = Counter(reading.category for _, reading in pairs)
    hit = Counter(reading.category for example, reading in pairs if reading.category in example.accepted)
    scores = {}
    for code in sorted(meant):
        precision = hit[code] / said[code] if said[code] else 0.0
        recall = hit[code] / meant[code]
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        scores[code] = CategoryScore(meant[code], round(precision, 3), round(recall, 3), round(f1, 3))
    return scores


def confused(pairs: Pairs, most: int = 20) -> list[tuple[str, str, int]]:
    """The most frequent mistakes as (meant, said, how often)."""
    mistakes = Counter(
        (str(example.category), reading.category)
        for example, reading in pairs
        if reading.category not in example.accepted
    )
    return [(meant, said, count) for (meant, said), count in mistakes.most_common(most)]


def score_sides(examples: Sequence[Example], readings: Sequence[Reading]) -> SideScore:
    """Urgency, danger, scope and second topic, where the rows are labelled for them."""
    rows = list(zip(examples, readings, strict=True))
    timed = [(e, r) for e, r in rows if e.urgency and e.is_inside]
    urgent = [(e, r) for e, r in timed if e.urgency == "khan"]
    called = [e for e, r in timed if r.urgent]
    at_risk = [r for e, r in rows if e.scope == "khan_cap"]
    inside = [r for e, r in rows if e.scope in INSIDE]
    outside = [(e, r) for e, r in rows if not e.is_inside]
    two = [(e, r) for e, r in rows if e.second and e.is_inside]
    named = [(e, r) for e, r in rows if r.further and e.is_complaint]
    return SideScore(
        urgency_rows=len(timed),
        urgent_recall=share(sum(r.urgent for _, r in urgent), len(urgent)),
        urgent_precision=share(sum(e.urgency == "khan" for e in called), len(called)),
        urgency_accuracy=share(sum(e.urgency == r.urgency.value for e, r in timed), len(timed)),
        danger_recall=share(sum(r.danger is not None for r in at_risk), len(at_risk)),
        outside_rows=len(outside),
        outside_found=share(sum(r.scope not in INSIDE for _, r in outside), len(outside)),
        outside_named=share(sum(e.scope == r.scope.value for e, r in outside), len(outside)),
        turned_away=share(sum(r.scope not in INSIDE for r in inside), len(inside)),
        second_rows=len(two),
        second_recall=share(sum(_both(e, r) for e, r in two), len(two)),
        second_precision=share(sum(_both(e, r) for e, r in named), len(named)),
    )


def _both(example: Example, reading: Reading) -> bool:
    return bool(example.second) and {reading.category, *reading.further[:1]} == set(example.accepted[:2])


def baselines(reader: Reader, examples: Sequence[Example]) -> dict[str, float]:
    """Top-1 of always naming the most frequent category, and of the lexicon's keywords alone."""
    rows = [example for example in examples if example.is_complaint]
    if not rows:
        return {}
    most = Counter(example.category for example in rows).most_common(1)[0][0]
    by_words = 0
    for example in rows:
        document = reader.prepare(example.text)
        best = topic_leaning(document.words, document.hits).most_common(1)
        by_words += bool(best) and best[0][0] in example.accepted
    return {
        "majority": round(sum(most in example.accepted for example in rows) / len(rows), 4),
        "keywords": round(by_words / len(rows), 4),
    }
