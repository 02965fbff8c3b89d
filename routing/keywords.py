"""Finds an administrator's keywords in what a citizen wrote: whole words only, with or without accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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


class _KnownWords(dict[str, tuple[str, str]]):
    """Each word as (one spelling, folded), remembered: people use some thousands of syllables again and again."""

    LIMIT = 10_000

    def __missing__(self, word: str) -> tuple[str, str]:
        if len(self) >= self.LIMIT:
            self.clear()
        written = word if word.isascii() else _LATE_TONE.sub(lambda match: _ONE_SPELLING[match.group(1)], word)
        self[word] = pair = (written, fold(word))
        return pair


_KNOWN = _KnownWords()


def words_of(text: str) -> list[tuple[str, str]]:
    """The words of a text, each as (lower case, composed, one place for the tone) and folded."""
    return [_KNOWN[word] for word in _WORD.findall(unicodedata.normalize("NFC", text).lower())]


@dataclass(frozen=True, slots=True)
class Text:
    """A text made ready to be searched many times."""

    written: list[str]
    folded: list[str]
    distinct: frozenset[str]
    """The folded words, each once."""
    bare: bool
    """Typed without accents, so that a folded keyword is as good as an accented one."""

    @classmethod
    def of(cls, text: str) -> Text:
        pairs = words_of(text)
        written = [pair[0] for pair in pairs]
        folded = [pair[1] for pair in pairs]
        accented = sum(map(str.__ne__, written, folded))
        return cls(written, folded, frozenset(folded), accented * 8 <= len(written))


@dataclass(frozen=True, slots=True)
class _Phrase:
    label: str
    keyword: str
    written: list[str]
    folded: list[str]


@dataclass(frozen=True, slots=True)
class Hit:
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
        self._by_first: dict[str, list[_Phrase]] = {}
        for label, phrases in keywords.items():
            for keyword in phrases:
                pairs = words_of(keyword)
                if pairs:
                    phrase = _Phrase(label, keyword, [pair[0] for pair in pairs], [pair[1] for pair in pairs])
                    self._by_first.setdefault(pairs[0][1], []).append(phrase)

    def __bool__(self) -> bool:
        return bool(self._by_first)

    def find(self, text: Text) -> list[Hit]:
        """Every keyword found, in the order of the text."""
        by_first = self._by_first
        if text.distinct.isdisjoint(by_first):
            return []
        return [
            Hit(phrase.label, phrase.keyword, at, len(phrase.folded))
            for at, word in enumerate(text.folded)
            if word in by_first
            for phrase in by_first[word]
            if _stands_at(phrase, text, at)
        ]


def _stands_at(phrase: _Phrase, text: Text, at: int) -> bool:
    length = len(phrase.folded)
    if length > 1 and text.folded[at : at + length] != phrase.folded:
        return False
    lenient = text.bare or length > 1
    for wanted, written, folded in zip(phrase.written, text.written[at : at + length], phrase.folded, strict=True):
        if written != wanted and not (lenient and written == folded):
            return False
    return True


_STREET_PREFIX = re.compile(r"^(?:truc |tuyen |mat )?(?:duong|pho|d\.|p\.)\s+")


def street_key(name: str) -> str:
    """A street's name as it is looked up: folded, without "đường" or "phố"; "QL6" and "Quốc lộ 6" are one."""
    folded = " ".join(fold(unicodedata.normalize("NFC", name)).split())
    if re.match(r"ql\s*\d", folded):
        return "quoc lo " + folded[2:].strip()
    return _STREET_PREFIX.sub("", folded)
