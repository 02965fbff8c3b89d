"""Words of a Vietnamese text as a place-finder sees them: without accents, and with accents in one spelling."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

MAX_CHARACTERS = 2000

# A full stop after one of these shortens a word and ends no sentence.
SHORTENED = frozenset({"p", "ph", "q", "h", "x", "tp", "tx", "tt", "t", "d", "ng", "s", "bv", "dh", "kdt"})

_PIECES = re.compile(r"[^\W_]+|[.!?;…]+(?=\s|$)|[,\-–—/:()\[\]\"“”&|+]+")
_STOPS = frozenset(".!?;…")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_CONSONANTS_Y = re.compile(r"(?:[bcdđghklmnpqrstvx]+|qu)y")


class Word(NamedTuple):
    """One word: `plain` without accents, `toned` with them in one spelling, and what stood before it."""

    plain: str
    toned: str
    marked: bool
    capital: bool
    comma: bool = False
    stop: bool = False


@lru_cache(maxsize=16384)
def word_forms(token: str) -> tuple[str, str, bool, bool]:
    """(plain, toned, marked, capital) of one token: "Hoà" and "Hòa" have one toned form, "Mĩ" and "Mỹ" too."""
    letters = unicodedata.normalize("NFD", token.lower())
    tone = "".join(letter for letter in letters if letter in _TONES)
    toned = "".join(letter for letter in letters if letter not in _TONES) + tone
    plain = "".join(letter for letter in letters.replace("đ", "d") if not unicodedata.combining(letter))
    marked = toned != plain
    if plain.endswith("y") and _CONSONANTS_Y.fullmatch(plain):
        toned = toned.replace("y", "i")
        plain = plain[:-1] + "i"
    return plain, toned, marked, token[:1].isupper()


_COMMA, _STOP = 1, 2


class _Token(NamedTuple):
    """What stands between two spaces: its words, and the marks before the first and after the last of them."""

    words: tuple[Word, ...]
    before: int
    after: int


class _KnownTokens(dict[str, _Token]):
    """Tokens taken apart once and remembered: a few thousand syllables make up most texts."""

    LIMIT = 16_384

    def __missing__(self, token: str) -> _Token:
        if len(self) >= self.LIMIT:
            self.clear()
        parts = _taken_apart(token)
        if len(token) <= 20:
            self[token] = parts
        return parts


def _taken_apart(token: str) -> _Token:
    words: list[Word] = []
    before = marks = 0
    for piece in _PIECES.findall(unicodedata.normalize("NFC", token)):
        if piece[0].isalnum():
            if not words:
                before = marks
            words.append(_after(marks if words else 0, Word(*word_forms(piece))))
            marks = 0
        elif piece[0] not in _STOPS:
            marks |= _COMMA
        elif not words or words[-1].plain not in SHORTENED:
            marks |= _STOP
    return _Token(tuple(words), before if words else marks, marks)


def _after(marks: int, word: Word) -> Word:
    return Word(*word[:4], bool(marks & _COMMA), bool(marks & _STOP)) if marks else word


_KNOWN = _KnownTokens()


def split_words(text: str) -> list[Word]:
    """The words of a text in order, each knowing whether a comma or the end of a sentence stood before it."""
    words: list[Word] = []
    marks = 0
    for line in text[:MAX_CHARACTERS].split("\n"):
        for token in line.split():
            inside, before, after = _KNOWN[token]
            if not inside:
                marks |= before if not words or words[-1].plain not in SHORTENED else before & _COMMA
                continue
            if marks or before:
                words.append(_after(marks | before, inside[0]))
                words += inside[1:]
            else:
                words += inside
            marks = after
        marks |= _STOP
    return words


def span_of_words(text: str, first: int, last: int) -> str:
    """The stretch of a text from one word of `split_words` to another, `last` included."""
    composed = unicodedata.normalize("NFC", text[:MAX_CHARACTERS])
    at = start = 0
    for piece in _PIECES.finditer(composed):
        if piece[0][0].isalnum():
            if at == first:
                start = piece.start()
            if at == last:
                return composed[start : piece.end()]
            at += 1
    raise IndexError(last)
