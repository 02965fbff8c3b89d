"""Puts a new model in place only when it is better, keeps the old one, and brings it back when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from nlp.classify import MODEL, Model, ModelUnusable, load_model, save_model
from nlp.evaluate import COPIES, score_topics
from nlp.examples import Example
from nlp.lexicon import shipped_lexicon
from nlp.reader import Reader


@dataclass(frozen=True, slots=True)
class Comparison:
    """Top-1 of the model in use (None: there is none) and of the new one, on the development test and corrections."""

    old: tuple[float, float | None] | None
    new: tuple[float, float | None]

    @property
    def better(self) -> bool:
        """Better where it counts: the sum over both sets rises and neither loses more than one point."""
        if self.old is None:
            return True
        pairs = [(was, now) for was, now in zip(self.old, self.new, strict=True) if was is not None and now is not None]
        return sum(now - was for was, now in pairs) > 0 and all(now >= was - 0.01 for was, now in pairs)


def previous(path: Path) -> Path:
    """Where the model that was replaced is kept."""
    return path.with_name(f"{path.stem}.previous{path.suffix}")


def set_apart(corrections: Sequence[Example], share: float = 0.2) -> tuple[list[Example], list[Example]]:
    """Corrections to learn from and corrections to be tested on; a text always falls on the same side."""
    learned: list[Example] = []
    tested: list[Example] = []
    for example in corrections:
        bucket = sha256(example.text.encode()).digest()[0] / 256
        (tested if bucket < share else learned).append(example)
    return learned, tested


def compare(new: Model, path: Path, development: Sequence[Example], corrections: Sequence[Example]) -> Comparison:
    """Both models on the same rows: as written, without accents, and with slips as well."""
    try:
        old: Model | None = load_model(path)
    except ModelUnusable:
        old = None
    return Comparison(
        old=_score(old, development, corrections) if old else None, new=_score(new, development, corrections)
    )


def _score(model: Model, development: Sequence[Example], corrections: Sequence[Example]) -> tuple[float, float | None]:
    reader = Reader(shipped_lexicon(), model, None)
    return _top1(reader, development) or 0.0, _top1(reader, corrections)


def _top1(reader: Reader, examples: Sequence[Example]) -> float | None:
    rows = [example for example in examples if example.is_complaint]
    if not rows:
        return None
    copies = [score_topics([(e, reader.read(alter(e.text))) for e in rows]).top1 for alter in COPIES.values()]
    return round(sum(copies) / len(copies), 4)


def install(model: Model, path: Path = MODEL) -> None:
    """Writes the model; the one in use becomes the previous one."""
    if path.exists():
        path.replace(previous(path))
    save_model(model, path)


def roll_back(path: Path = MODEL) -> bool:
    """Swaps the model in use with the previous one; False when there is none."""
    old = previous(path)
    if not old.exists():
        return False
    spare = path.with_suffix(".spare")
    if path.exists():
        path.replace(spare)
    old.replace(path)
    if spare.exists():
        spare.replace(old)
    return True
