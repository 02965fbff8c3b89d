"""Cuts a text into words as people type them: teencode written out, each word with its unaccented twin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from nlp.normalize import fold, normalize

_TOKEN = re.compile(r"[^\W_]+")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")

# A long text says what it is about near its beginning and asks near its end; the middle is left out of the scoring.
_HEAD, _TAIL = 260, 60
_HEAD_CHARACTERS, _TAIL_CHARACTERS = 2_400, 600

# What one token stands for: its words as written and without accents.
_Pair = tuple[tuple[str, ...], tuple[str, ...]]
_Known = dict[str, _Pair]


@dataclass(frozen=True, slots=True)
class Words:
    """Words in reading order: as written (lower case, teencode written out) and without accents, same length.

    `accented` is the share of words that carry an accent, 0 to 1; `plain` says that the text was typed without any.
    """

    written: list[str]
    bare: list[str]
    accented: float

    @property
    def plain(self) -> bool:
        return self.accented < 0.12


class Tokenizer:
    """Remembers each spelling once seen: people use some thousands of syllables again and again."""

    _LIMIT = 20_000

    def __init__(self, teencode: Mapping[str, str]) -> None:
        self._teencode = {key: tuple(normalize(value).split()) for key, value in teencode.items()}
        self._known: _Known = {}
        self._known_as_typed: _Known = {}

    def words(self, normal: str) -> Words:
        """The words of an already normalized text; of a very long one, those of its beginning and end."""
        return self._cut(normal, self._known, self._teencode)

    def words_as_typed(self, normal: str) -> Words:
        """The same with no teencode written out: in English "a" is no "anh"."""
        return self._cut(normal, self._known_as_typed, {})

    def _cut(self, normal: str, known: _Known, teencode: Mapping[str, tuple[str, ...]]) -> Words:
        if len(normal) > _HEAD_CHARACTERS + _TAIL_CHARACTERS:
            normal = normal[:_HEAD_CHARACTERS] + " " + normal[-_TAIL_CHARACTERS:]
        tokens = _TOKEN.findall(normal.lower())
        if len(tokens) > _HEAD + _TAIL:
            tokens = tokens[:_HEAD] + tokens[-_TAIL:]
        written: list[str] = []
        bare: list[str] = []
        accented = 0
        for token in tokens:
            pair = known.get(token) or self._learn(token, known, teencode)
            written += pair[0]
            bare += pair[1]
            if not token.isascii():
                accented += 1
        letters = sum(1 for token in tokens if not token.isdecimal())
        return Words(written, bare, accented / letters if letters else 0.0)

    def _learn(self, token: str, known: _Known, teencode: Mapping[str, tuple[str, ...]]) -> _Pair:
        if len(known) >= self._LIMIT:
            known.clear()
        short = _DRAWN_OUT.sub(r"\1", token)[:40]
        written = teencode.get(short) or (short,)
        pair = (written, tuple(fold(word) for word in written))
        known[token] = pair
        return pair


@cache
def default_tokenizer() -> Tokenizer:
    """The tokenizer with the teencode table that ships with this package."""
    return Tokenizer(teencode())


@cache
def teencode() -> Mapping[str, str]:
    """The table that ships with this package: short spelling -> full words."""
    return read_teencode(Path(__file__).parent / "lexicon" / "teencode.yaml")


def read_teencode(path: Path) -> dict[str, str]:
    """Short spelling -> full words."""
    with path.open(encoding="utf-8") as file:
        return {str(key): str(value) for key, value in yaml.safe_load(file).items()}
