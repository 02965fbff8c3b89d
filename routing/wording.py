"""Words of a Vietnamese text as a place-finder sees them: without accents, and with accents in one spelling."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

MAX_CHARACTERS = 2000

# A full stop after one of these shortens a word and ends no sentence.
SHORTENED = frozenset({"p", "ph", "q", "h", "x", "tp", "tx", "tt", "t", "d", "ng", "s", "bv", "dh", "kdt"})

_PIECES = re.compile(r"[^\W_]+|[.!?;…]+(?=\s|$)|\n|[,\-–—/:()\[\]\"“”&|+]+")
_STOPS = frozenset(".!?;…\n")
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


@lru_cache(maxsize=32768)
def _word(token: str, comma: bool, stop: bool) -> Word:
    return Word(*word_forms(token), comma, stop)


def split_words(text: str) -> list[Word]:
    """The words of a text in order, each knowing whether a comma or the end of a sentence stood before it."""
    words: list[Word] = []
    comma = stop = False
    for piece in _PIECES.findall(unicodedata.normalize("NFC", text[:MAX_CHARACTERS])):
        if piece[0].isalnum():
            words.append(_word(piece, comma, stop))
            comma = stop = False
        elif piece[0] in _STOPS:
            stop = "\n" in piece or not words or words[-1].plain not in SHORTENED
        else:
            comma = True
    return words


def word_spans(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text as it was split, composed and cut to length, and where in it each word of `split_words` stands."""
    composed = unicodedata.normalize("NFC", text[:MAX_CHARACTERS])
    return composed, [piece.span() for piece in _PIECES.finditer(composed) if piece[0][0].isalnum()]
