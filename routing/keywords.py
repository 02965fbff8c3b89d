"""Finds an administrator's keywords in what a citizen wrote: whole words only, with or without accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from routing.wording import Words, split_words


def _fold_table() -> dict[int, str]:
    table = {ord("đ"): "d", ord("Đ"): "d"}
    for code in (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)):
        bare = unicodedata.normalize("NFD", chr(code))[0]
        if bare.isascii() and bare.isalpha():
            table[code] = bare.lower()
    return table


_FOLD = _fold_table()


def fold(text: str) -> str:
    """Lower case without accents: "Ổ gà" -> "o ga"."""
    return text.lower().translate(_FOLD)


Label = TypeVar("Label")


class Hit(NamedTuple, Generic[Label]):
    """One keyword found: whose it is, the keyword as configured, the index of its first word and how many words."""

    label: Label
    keyword: str
    at: int
    length: int


@dataclass(frozen=True, slots=True)
class _Phrase(Generic[Label]):
    label: Label
    keyword: str
    plain: tuple[str, ...]
    toned: tuple[str, ...]


class Phrasebook(Generic[Label]):
    """Keywords by label, arranged by their first two words (or the only one), so that a text is searched once.

    A keyword is found where its words stand side by side as whole words. A word typed without accents stands for an
    accented one within a phrase, and everywhere when the whole text is typed without accents; in a text with accents
    the single word "cho" is never "chó".
    """

    def __init__(self, keywords: Mapping[Label, Iterable[str]]) -> None:
        self._by_beginning: dict[tuple[str, ...], list[_Phrase[Label]]] = {}
        for label, of_label in keywords.items():
            for keyword in of_label:
                words = split_words(keyword)
                if words.count:
                    phrase = _Phrase(label, keyword, words.plain, words.toned)
                    self._by_beginning.setdefault(words.plain[:2], []).append(phrase)
        self._words = frozenset(beginning[0] for beginning in self._by_beginning if len(beginning) == 1)
        self._pairs = frozenset(beginning for beginning in self._by_beginning if len(beginning) == 2)

    def find(self, words: Words) -> list[Hit[Label]]:
        """Every keyword found, in the order of the text."""
        plain = words.plain
        beginnings: list[tuple[str, ...]] = [(word,) for word in self._words.intersection(plain)]
        beginnings += self._pairs.intersection(pairwise(plain))
        if not beginnings:
            return []
        hits = [
            Hit(phrase.label, phrase.keyword, at, len(phrase.plain))
            for beginning in beginnings
            for at in _where(beginning, plain)
            for phrase in self._by_beginning[beginning]
            if _stands_at(phrase, words, at)
        ]
        if len(hits) > 1:
            hits.sort(key=_in_text)
        return hits


def _in_text(hit: Hit[Label]) -> tuple[int, int, str]:
    return hit.at, hit.length, hit.keyword


def _where(beginning: tuple[str, ...], plain: tuple[str, ...]) -> list[int]:
    first, length = beginning[0], len(beginning)
    at = plain.index(first)
    if plain.count(first) == 1:
        return [at]
    return [at for at, word in enumerate(plain) if word == first and plain[at : at + length] == beginning]


def _stands_at(phrase: _Phrase[Label], words: Words, at: int) -> bool:
    end = at + len(phrase.plain)
    toned = words.toned[at:end]
    if toned == phrase.toned:
        return True
    if words.plain[at:end] != phrase.plain or (len(toned) == 1 and not words.bare):
        return False
    return all(word in (wanted, plain) for word, wanted, plain in zip(toned, phrase.toned, phrase.plain, strict=True))


_STREET_PREFIX = re.compile(r"^(?:truc |tuyen |mat )?(?:duong|pho|d\.|p\.)\s+")


@lru_cache(maxsize=4096)
def street_key(name: str) -> str:
    """A street's name as it is looked up: folded, without "đường" or "phố"; "QL6" and "Quốc lộ 6" are one."""
    folded = " ".join(fold(unicodedata.normalize("NFC", name)).split())
    if re.match(r"ql\s*\d", folded):
        return "quoc lo " + folded[2:].strip()
    return _STREET_PREFIX.sub("", folded)
