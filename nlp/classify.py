"""The linear model: weights in one small matrix, read from a plain file, scored without scikit-learn."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.diacritics import Restorer
from nlp.document import Scores
from nlp.spelling import Speller

MODEL = Path(__file__).parent / "model" / "reading.bin"
_MAGIC = b"PHANANH2"

Floats = NDArray[np.float32]
Weights = NDArray[np.int8]


class ModelUnusable(Exception):
    """The model file is missing, cut short, or of another kind."""


@dataclass(frozen=True, slots=True)
class Head:
    """One question put to the model: its labels, and how sharp its probabilities are (1 = as trained)."""

    labels: tuple[str, ...]
    sharpness: float

    def chances(self, raw: Floats) -> Floats:
        """Probabilities of its labels from their raw scores."""
        sharpened = raw * self.sharpness
        lifted = np.exp(sharpened - sharpened.max())
        chances: Floats = lifted / lifted.sum()
        return chances


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the reader draws its lines; all probabilities.

    `evidence` says how much the words count beside the model's chance of urgency: slope and bias on its log odds, then
    what each kind of evidence adds (see `nlp.urgency.evidence`).
    """

    propose: float = 0.75
    second: float = 0.25
    urgent: float = 0.35
    danger: float = 0.5
    outside: float = 0.6
    evidence: tuple[float, ...] = (1.0, 0.0, 1.1, 0.0, 0.0, 0.0, 0.0)


class Rows:
    """The names of the features, in the order of their rows.

    They are held as one text and found by their hashes: a dictionary of 300,000 names would take 38 MB, this takes 10.
    """

    __slots__ = ("_hashes", "_order", "_text")

    def __init__(self, text: bytes) -> None:
        """`text`: one name a line."""
        self._text = text
        hashes = np.fromiter(map(hash, self.names()), dtype=np.int64)
        self._order = np.argsort(hashes).astype(np.int32)
        self._hashes = hashes[self._order]

    @classmethod
    def of(cls, names: Iterable[str]) -> Rows:
        return cls("\n".join(names).encode())

    def __len__(self) -> int:
        return len(self._order)

    @property
    def text(self) -> bytes:
        """One name a line."""
        return self._text

    def names(self) -> list[str]:
        return self._text.decode().split("\n")

    def find(self, names: Iterable[str]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """The rows of those names that there are, and for each name whether it is one of them."""
        wanted = np.fromiter(map(hash, names), dtype=np.int64)
        at = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        known = self._hashes[at] == wanted
        return self._order[at[known]], known


@dataclass(slots=True)
class Model:
    """Weights of all heads side by side: row = feature, column = label; int8 times the row's own scale."""

    heads: Mapping[str, Head]
    rows: Rows
    weights: Weights
    scales: Floats
    rarity: Floats
    restorer: Restorer
    speller: Speller
    thresholds: Thresholds
    made_from: Mapping[str, Any]

    def raw(self, names: Iterable[str], signs: Mapping[str, float]) -> Floats:
        """Raw score of every label of every head; word features count by rarity and to length one, signs as given."""
        score: Floats = np.zeros(self.weights.shape[1], dtype=np.float32)
        index, _ = self.rows.find(names)
        if len(index):
            rarity = self.rarity[index]
            factor = rarity * self.scales[index] / np.sqrt(np.dot(rarity, rarity))
            score = factor @ self.weights[index].astype(np.float32)
        index, known = self.rows.find(signs)
        if len(index):
            factor = np.fromiter(signs.values(), dtype=np.float32)[known] * self.scales[index]
            score = score + factor @ self.weights[index].astype(np.float32)
        return score

    def by_head(self, raw: Floats) -> dict[str, Floats]:
        """Raw scores, cut into those of each head."""
        parts, at = {}, 0
        for name, head in self.heads.items():
            parts[name] = raw[at : at + len(head.labels)]
            at += len(head.labels)
        return parts

    def scores(self, names: Iterable[str], signs: Mapping[str, float]) -> Scores:
        """Calibrated probabilities of each head."""
        raw = self.by_head(self.raw(names, signs))
        return Scores(*(self._chances(name, raw) for name in ("topics", "urgency", "scope")))

    def topics(self, names: Iterable[str], signs: Mapping[str, float]) -> dict[str, float]:
        """Those of the topics alone."""
        return self._chances("topics", self.by_head(self.raw(names, signs)))

    def _chances(self, name: str, raw: Mapping[str, Floats]) -> dict[str, float]:
        head = self.heads[name]
        return dict(zip(head.labels, head.chances(raw[name]).tolist(), strict=True))


def save_model(model: Model, path: Path) -> None:
    """Writes the model as one plain compressed file: a JSON header, the names of the rows, then the numbers."""
    header = json.dumps(
        {
            "heads": {name: {"labels": head.labels, "sharpness": head.sharpness} for name, head in model.heads.items()},
            "thresholds": {slot: getattr(model.thresholds, slot) for slot in Thresholds.__dataclass_fields__},
            "made_from": dict(model.made_from),
        },
        ensure_ascii=False,
    ).encode()
    texts = [_lines(model.restorer.alone), _lines(model.restorer.pairs)]
    texts.append(_lines({word: str(count) for word, count in model.speller.counts.items()}))
    blocks = [header, model.rows.text, *(text.encode() for text in texts)]
    blocks += [model.weights.tobytes(), model.scales.astype("<f4").tobytes(), model.rarity.astype("<f4").tobytes()]
    body = b"".join(struct.pack("<I", len(block)) + block for block in blocks)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(_MAGIC + gzip.compress(body, 9, mtime=0))
    fresh.replace(path)


def load_model(path: Path) -> Model:
    """Reads what `save_model` wrote, and only once as long as the file stays what it is.

    Raises ModelUnusable, with the reason in words, for anything else.
    """
    try:
        state = path.stat()
        return _read_model(path, (state.st_ino, state.st_size, state.st_mtime_ns))
    except ModelUnusable:
        raise
    except FileNotFoundError as error:
        raise ModelUnusable(f"{path.name}: there is no such file") from error
    except Exception as error:
        raise ModelUnusable(f"{path.name}: cannot be read ({type(error).__name__})") from error


@lru_cache(maxsize=1)
def _read_model(path: Path, state: tuple[int, ...]) -> Model:
    content = path.read_bytes()
    if not content.startswith(_MAGIC):
        raise ModelUnusable(f"{path.name}: not a model file")
    return _model_from(_blocks(gzip.decompress(content[len(_MAGIC) :])))


def _model_from(blocks: Sequence[bytes]) -> Model:
    header = json.loads(blocks[0])
    heads = {name: Head(tuple(head["labels"]), float(head["sharpness"])) for name, head in header["heads"].items()}
    rows = Rows(blocks[1])
    width = sum(len(head.labels) for head in heads.values())
    return Model(
        heads=heads,
        rows=rows,
        weights=np.frombuffer(blocks[5], dtype=np.int8).reshape(len(rows), width),
        scales=np.frombuffer(blocks[6], dtype="<f4"),
        rarity=np.frombuffer(blocks[7], dtype="<f4"),
        restorer=Restorer(_pairs(blocks[2].decode()), _pairs(blocks[3].decode())),
        speller=Speller({word: int(count) for word, count in _pairs(blocks[4].decode()).items()}),
        thresholds=_thresholds(header["thresholds"]),
        made_from=header["made_from"],
    )


def _thresholds(said: Mapping[str, Any]) -> Thresholds:
    lines = Thresholds(**said)
    return replace(lines, evidence=tuple(lines.evidence))


def _blocks(body: bytes) -> list[bytes]:
    blocks, at = [], 0
    while at < len(body):
        (size,) = struct.unpack_from("<I", body, at)
        blocks.append(body[at + 4 : at + 4 + size])
        at += 4 + size
    return blocks


def _lines(mapping: Mapping[str, str]) -> str:
    return "\n".join(f"{key}\t{value}" for key, value in mapping.items())


def _pairs(text: str) -> dict[str, str]:
    return dict(line.split("\t", 1) for line in text.split("\n") if line)
