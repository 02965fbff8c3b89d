"""Finds an administrator's keywords in what a citizen wrote: whole words only, with or without accents."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import ne
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+")


def _fold_table() -> dict[int, str]:
    table = {ord("đ"): "d", ord("Đ"): "d"}
    for code in (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)):
        bare = unicodedata.normalize("NFD", chr(code))[0]
        if bare.isascii() and bare.isalpha():
            table[code] = bare.lower()
    return table


_FOLD = _fold_table()

# "hoà" and "hòa", "uỷ" and "ủy" are two spellings of one word: the tone is moved to one of the two places.
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # grave, acute, tilde, hook above, dot below
_ONE_SPELLING = {
    unicodedata.normalize("NFC", first + second + mark): unicodedata.normalize("NFC", first + mark + second)
    for first, second in (("o", "a"), ("o", "e"), ("u", "y"))
    for mark in _TONES
}
_LATE_TONE = re.compile(r"(?<!q)(" + "|".join(_ONE_SPELLING) + r")(?![^\W_])")


def fold(text: str) -> str:
    """Lower case without accents: "Ổ gà" -> "o ga"."""
    return text.lower().translate(_FOLD)


Pair = tuple[str, str]


class _KnownTokens(dict[str, tuple[Pair, ...]]):
    """What stands between two spaces as its words, remembered: a few thousand syllables make up most texts."""

    LIMIT = 10_000

    def __missing__(self, token: str) -> tuple[Pair, ...]:
        if len(self) >= self.LIMIT:
            self.clear()
        pairs = tuple(map(_pair, _WORD.findall(unicodedata.normalize("NFC", token).lower())))
        if len(token) <= 20:
            self[token] = pairs
        return pairs


def _pair(word: str) -> Pair:
    written = word if word.isascii() else _LATE_TONE.sub(lambda match: _ONE_SPELLING[match.group(1)], word)
    return written, fold(word)


_KNOWN = _KnownTokens()


def words_of(text: str) -> list[Pair]:
    """The words of a text, each as (lower case, composed, one place for the tone) and folded."""
    return list(chain.from_iterable(map(_KNOWN.__getitem__, text.split())))


@dataclass(frozen=True, slots=True)
class Text:
    """A text made ready to be searched many times."""

    written: tuple[str, ...]
    folded: tuple[str, ...]
    distinct: frozenset[str]
    """The folded words, each once."""
    bare: bool
    """Typed without accents, so that a folded keyword is as good as an accented one."""

    @classmethod
    def of(cls, text: str) -> Text:
        pairs = words_of(text)
        if not pairs:
            return cls((), (), frozenset(), True)
        written, folded = zip(*pairs, strict=True)
        accented = sum(map(ne, written, folded))
        return cls(written, folded, frozenset(folded), accented * 8 <= len(written))


@dataclass(frozen=True, slots=True)
class _Phrase:
    label: str
    keyword: str
    written: tuple[str, ...]
    folded: tuple[str, ...]
    length: int
    anchor: int
    """Which of its words it is looked up by."""


class Hit(NamedTuple):
    """One keyword found: whose it is, the keyword as configured, the index of its first word and how many words."""

    label: str
    keyword: str
    at: int
    length: int


class Phrasebook:
    """Keywords by label, arranged so that a text is searched once, whatever their number.

    A keyword is found where its words stand side by side as whole words. A word typed without accents stands for an
    accented one within a phrase, and everywhere when the whole text is typed without accents; in a text with accents
    the single word "cho" is never "chó".
    """

    def __init__(self, keywords: Mapping[str, Iterable[str]]) -> None:
        entries = [(label, word, words_of(word)) for label, words in keywords.items() for word in words]
        # Each phrase waits at the word that fewest others have, so that "đường" does not call up every street.
        common = Counter(folded for _, _, pairs in entries for _, folded in pairs)
        self._by_word: dict[str, list[_Phrase]] = {}
        for label, keyword, pairs in entries:
            if pairs:
                anchor = min(range(len(pairs)), key=lambda at: common[pairs[at][1]])
                written, folded = zip(*pairs, strict=True)
                phrase = _Phrase(label, keyword, written, folded, len(pairs), anchor)
                self._by_word.setdefault(folded[anchor], []).append(phrase)

    def __bool__(self) -> bool:
        return bool(self._by_word)

    def find(self, text: Text) -> list[Hit]:
        """Every keyword found, roughly in the order of the text."""
        by_word = self._by_word
        if text.distinct.isdisjoint(by_word):
            return []
        hits: list[Hit] = []
        for at, word in enumerate(text.folded):
            if word in by_word:
                for phrase in by_word[word]:
                    start = at - phrase.anchor
                    if start >= 0 and _stands_at(phrase, text, start):
                        hits.append(Hit(phrase.label, phrase.keyword, start, phrase.length))
        return hits


def _stands_at(phrase: _Phrase, text: Text, at: int) -> bool:
    end = at + phrase.length
    if phrase.length > 1 and text.folded[at:end] != phrase.folded:
        return False
    written = text.written[at:end]
    if written == phrase.written:
        return True
    if not text.bare and phrase.length == 1:
        return False
    return all(
        word in (wanted, plain) for word, wanted, plain in zip(written, phrase.written, phrase.folded, strict=True)
    )


_STREET_PREFIX = re.compile(r"^(?:truc |tuyen |mat )?(?:duong|pho|d\.|p\.)\s+")


@lru_cache(maxsize=4096)
def street_key(name: str) -> str:
    """A street's name as it is looked up: folded, without "đường" or "phố"; "QL6" and "Quốc lộ 6" are one."""
    folded = " ".join(fold(unicodedata.normalize("NFC", name)).split())
    if re.match(r"ql\s*\d", folded):
        return "quoc lo " + folded[2:].strip()
    return _STREET_PREFIX.sub("", folded)
