"""Makes probabilities honest and draws the reader's lines, on answers to authors whose text was not trained on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nlp.classify import Head, Model, Thresholds
from nlp.examples import Example
from nlp.features import sign_features, word_features
from nlp.lexicon import is_english, shipped_lexicon
from nlp.reader import Reader
from nlp.reading import INSIDE
from nlp.urgency import Evidence, evidence, weighed
from nlp.words import default_tokenizer

_COPIES = ("clean", "stripped", "noisy")
_TURNED_AWAY = ("khieu_nai", "to_cao", "bi_mat_nha_nuoc", "tranh_chap_dan_su", "hoi_dap", "khong_phai_phan_anh")

FitModel = Callable[[Sequence[Example]], Model]
CopiesOf = Callable[[str, Sequence[str]], list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Raw scores by head for one copy of one sentence, by a model that never saw its author."""

    example: Example
    copy: str
    raw: dict[str, NDArray[np.float32]]
    evidence: Evidence
    english: bool = False


def folds_by_author(examples: Sequence[Example], at_most: int = 6) -> list[list[int]]:
    """Indexes of the rows held out in each fold: whole authors.

    Whole voices instead when fewer than five wrote, and for an author who wrote most of some scope or of what is in
    English: were all of that held out at once, nothing of its kind would be left to learn from.
    """
    authors = {example.author for example in examples}
    alone = authors if len(authors) < 5 else _sole_sources(examples)
    groups = [f"{e.author}/{e.voice}" if e.author in alone else e.author for e in examples]
    sizes = Counter(groups)
    bins: list[list[str]] = [[] for _ in range(min(at_most, len(sizes)))]
    for group in sorted(sizes, key=lambda group: (-sizes[group], group)):
        min(bins, key=lambda held: sum(sizes[name] for name in held)).append(group)
    return [[at for at, group in enumerate(groups) if group in held] for held in bins]


def _sole_sources(examples: Sequence[Example]) -> set[str]:
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        by_kind[example.scope or ""][example.author] += 1
        if is_english(default_tokenizer().words(example.text).bare):
            by_kind["english"][example.author] += 1
    return {
        author for authors in by_kind.values() for author, count in authors.items() if count > 0.6 * authors.total()
    }


def answers_out_of_fold(examples: Sequence[Example], fit: FitModel, copies_of: CopiesOf) -> list[Answer]:
    """Answers to every sentence and its altered copies from models trained without its author."""
    answers: list[Answer] = []
    for held in folds_by_author(examples):
        out = set(held)
        model = fit([example for at, example in enumerate(examples) if at not in out])
        reader = Reader(shipped_lexicon(), model, None)
        for at in held:
            answers += [
                answer_of(reader, model, examples[at], copy, text)
                for copy, text in zip(_COPIES, copies_of(examples[at].text, _COPIES), strict=True)
            ]
    return answers


def answer_of(reader: Reader, model: Model, example: Example, copy: str, text: str) -> Answer:
    """Raw scores of one text, cut into heads."""
    document = reader.prepare(text)
    names = word_features(document.words, document.hints)
    raw = model.raw(names, sign_features(document.words, document.hits, document.rules, document.normal))
    return Answer(example, copy, model.by_head(raw), evidence(document, shipped_lexicon().danger), document.english)


def calibrated(model: Model, answers: Sequence[Answer], right: float = 0.952) -> Model:
    """The model with sharpness and thresholds set on the answers: those proposed alone shall be right at `right`.

    English counts for nothing here: of it each voice is read by what few others wrote, and the lines drawn for it would
    cost Vietnamese complaints a question each.
    """
    answers = [answer for answer in answers if not answer.english]
    truths: dict[str, Callable[[Example], str | None]] = {
        "topics": lambda example: example.category if example.is_inside else None,
        "urgency": lambda example: example.urgency if example.is_inside else None,
        "scope": lambda example: example.scope,
    }
    heads = {
        name: Head(head.labels, _sharpness(head, name, answers, truths[name])) for name, head in model.heads.items()
    }
    thresholds = _thresholds(heads, answers, right)
    return replace(model, heads=heads, thresholds=thresholds)


def _sharpness(head: Head, name: str, answers: Sequence[Answer], truth: Callable[[Example], str | None]) -> float:
    """The factor on raw scores under which the right answers are least surprising."""
    kept = [
        (answer.raw[name], head.labels.index(label))
        for answer in answers
        if (label := truth(answer.example)) in head.labels
    ]
    if not kept:
        return 1.0
    raw = np.stack([scores for scores, _ in kept])
    at = np.array([label for _, label in kept])

    def surprise(factor: float) -> float:
        scaled = raw * factor
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        log = scaled[np.arange(len(at)), at] - np.log(np.exp(scaled).sum(axis=1))
        return -float(log.mean())

    return float(min(np.geomspace(0.2, 30, 150), key=surprise))


def _thresholds(heads: dict[str, Head], answers: Sequence[Answer], right: float) -> Thresholds:
    clean = [answer for answer in answers if answer.copy == "clean"]
    complaints = [answer for answer in clean if answer.example.is_complaint]
    timed = [answer for answer in answers if answer.example.urgency and answer.example.is_inside]
    weights = _evidence_weights(heads["urgency"], timed)
    return Thresholds(
        evidence=weights,
        propose=_propose(heads["topics"], complaints, right),
        second=_second(heads["topics"], complaints),
        urgent=_urgent(heads["urgency"], timed, weights),
        danger=_danger(heads["scope"], answers),
        outside=_outside(heads["scope"], answers),
    )


def _propose(head: Head, complaints: Sequence[Answer], right: float) -> float:
    """The lowest probability from which on the best topics taken together are right often enough."""
    ranked = []
    for answer in complaints:
        chances = head.chances(answer.raw["topics"])
        best = int(chances.argmax())
        ranked.append((float(chances[best]), head.labels[best] in answer.example.accepted))
    ranked.sort(reverse=True)
    line, good = 0.99, 0
    for count, (chance, hit) in enumerate(ranked, 1):
        good += hit
        if count >= 20 and good / count >= right:
            line = chance
    return round(line, 4)


def _second(head: Head, complaints: Sequence[Answer]) -> float:
    """The probability of the runner-up from which on naming it as a second topic is most often right (F1)."""
    found = []
    for answer in complaints:
        chances = head.chances(answer.raw["topics"])
        runner_up = int(np.argsort(-chances)[1])
        both = {head.labels[int(chances.argmax())], head.labels[runner_up]}
        found.append((float(chances[runner_up]), both == set(answer.example.accepted)))
    wanted = sum(bool(answer.example.second) for answer in complaints) or 1

    def f1(line: float) -> float:
        named = [hit for chance, hit in found if chance >= line]
        return 2 * sum(named) / (len(named) + wanted)

    return round(float(max(np.arange(0.08, 0.5, 0.01), key=f1)), 4)


def _khan(head: Head, answer: Answer) -> float:
    return float(head.chances(answer.raw["urgency"])[head.labels.index("khan")])


def _evidence_weights(head: Head, answers: Sequence[Answer], rounds: int = 30) -> tuple[float, ...]:
    """How much each kind of evidence counts beside the model: a logistic regression of a few numbers, by Newton."""
    if not answers:
        return Thresholds().evidence
    chances = np.array([_khan(head, answer) for answer in answers])
    odds = np.log((chances + 1e-6) / (1 - chances + 1e-6))
    rows = np.column_stack([odds, np.ones(len(odds)), np.array([answer.evidence for answer in answers])])
    wanted = np.array([answer.example.urgency == "khan" for answer in answers], dtype=float)
    weights = np.array(Thresholds().evidence)
    for _ in range(rounds):
        said = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (said - wanted) + 1e-3 * weights
        bend = (rows * (said * (1 - said))[:, None]).T @ rows + 1e-3 * np.eye(len(weights))
        weights = weights - np.linalg.solve(bend, slope)
    return tuple(round(float(weight), 4) for weight in weights)


def _urgent(head: Head, answers: Sequence[Answer], weights: Sequence[float], recall: float = 0.97) -> float:
    """The highest line over which `recall` of the urgent ones are found, on the texts as people typed them."""
    needed = sorted(
        weighed(_khan(head, answer), answer.evidence, weights)
        for answer in answers
        if answer.example.urgency == "khan" and answer.copy != "noisy"
    )
    return round(min(0.5, max(0.02, needed[int(len(needed) * (1 - recall))])), 4) if needed else 0.35


def _danger(head: Head, answers: Sequence[Answer], recall: float = 0.97) -> float:
    at = head.labels.index("khan_cap")
    chances = sorted(
        float(head.chances(answer.raw["scope"])[at]) for answer in answers if answer.example.scope == "khan_cap"
    )
    return round(min(0.6, max(0.1, chances[int(len(chances) * (1 - recall))])), 4) if chances else 0.5


def _outside(head: Head, answers: Sequence[Answer], turned_away: float = 0.02) -> float:
    """The lowest line over which no more than `turned_away` of true complaints would be sent elsewhere.

    Capped at 0.45: formal petitions labelled as complaints otherwise push it so high that little is found.
    """
    at = [head.labels.index(label) for label in _TURNED_AWAY]
    chances = sorted(
        float(head.chances(answer.raw["scope"])[at].sum()) for answer in answers if answer.example.scope in INSIDE
    )
    return round(min(0.45, max(0.25, chances[int(len(chances) * (1 - turned_away))])), 4) if chances else 0.6
