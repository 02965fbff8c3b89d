"""Words of a Vietnamese text as a place-finder sees them: without accents, and with accents in one spelling."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

# A full stop after one of these shortens a word and ends no sentence.
SHORTENED = frozenset({"p", "ph", "q", "h", "x", "tp", "tx", "tt", "t", "d", "ng", "s", "bv", "dh", "kdt"})

_PIECES = re.compile(r"[^\W_]+|[.!?;…]+(?=\s|$)|[,\-–—/:()\[\]\"“”&|+]+")
_WORD = re.compile(r"[^\W_]+")
_STOPS = frozenset(".!?;…")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_F_FOR_PH = re.compile(r"^f(?=[aeiouy])")
# No Vietnamese word ends with one letter twice: "quậnn", "Huếế".
_ENDS_TWICE = re.compile(r"([^\W\d_][\u0300-\u036f]*)\1+$")
_CONSONANTS_Y = re.compile(r"(?:[bcdđghklmnpqrstvx]+|qu)y")


COMMA, STOP = 1, 2


class Word(NamedTuple):
    """One word: `plain` without accents, `toned` with them in one spelling, and the `mark` that stands after it."""

    plain: str
    toned: str
    marked: bool
    capital: bool
    mark: int = 0


@dataclass(slots=True)
class Words:
    """The words of a text in columns, one entry a word. `marks`: what stands before it, COMMA, STOP, both or nothing.

    `marked`: it bears an accent; `capital`: it begins with a capital letter.
    """

    plain: tuple[str, ...] = ()
    toned: tuple[str, ...] = ()
    marked: tuple[bool, ...] = ()
    capital: tuple[bool, ...] = ()
    marks: tuple[int, ...] = ()
    count: int = 0
    accented: int = 0
    """How many of them bear an accent."""

    @property
    def bare(self) -> bool:
        """Typed without accents, so that a plain keyword is as good as an accented one."""
        return self.accented * 8 <= self.count


@lru_cache(maxsize=16384)
def word_forms(token: str) -> tuple[str, str, bool, bool]:
    """(plain, toned, marked, capital) of one token.

    "Hoà" and "Hòa" have one toned form, "Mĩ" and "Mỹ" too, and so have "phố" and the "fố" of young people.
    """
    letters = _F_FOR_PH.sub("ph", unicodedata.normalize("NFD", token.lower()))
    if not token.isascii():
        letters = _ENDS_TWICE.sub(r"\1", letters)
    tone = "".join(letter for letter in letters if letter in _TONES)
    toned = "".join(letter for letter in letters if letter not in _TONES) + tone
    plain = "".join(letter for letter in letters.replace("đ", "d") if not unicodedata.combining(letter))
    marked = toned != plain
    if plain.endswith("y") and _CONSONANTS_Y.fullmatch(plain):
        toned = toned.replace("y", "i")
        plain = plain[:-1] + "i"
    # One object for one word: whatever is looked up by words finds them by identity.
    return sys.intern(plain), sys.intern(toned), marked, token[:1].isupper()


class _KnownTokens(dict[str, "Word | None"]):
    """What stands between two spaces, read once and remembered: a few thousand syllables make up most texts.

    None for a token that is not just one word: "12/4", "-", "(ngõ".
    """

    LIMIT = 16_384
    LONGEST = 20

    def __missing__(self, token: str) -> Word | None:
        if len(self) >= self.LIMIT:
            self.clear()
        words = _taken_apart(token)
        word = words[0] if len(words) == 1 and words[0].plain else None
        if len(token) <= self.LONGEST:
            self[token] = word
        return word


def _taken_apart(token: str) -> tuple[Word, ...]:
    """The words of a token; a mark that stands before the first of them is a word without letters."""
    words: list[Word] = []
    for piece in _PIECES.findall(unicodedata.normalize("NFC", token)):
        if piece[0].isalnum():
            words.append(Word(*word_forms(piece)))
        elif words:
            words[-1] = _followed(words[-1], STOP if piece[0] in _STOPS else COMMA)
        else:
            words.append(Word("", "", False, False, STOP if piece[0] in _STOPS else COMMA))
    return tuple(words)


def _followed(word: Word, mark: int) -> Word:
    """The word with one more mark after it."""
    return word if mark == STOP and word.plain in SHORTENED else word._replace(mark=word.mark | mark)


_KNOWN = _KnownTokens()


@lru_cache(maxsize=8)
def split_words(text: str) -> Words:
    """The words of a text in order; remembered for as long as the place and the rule are sought in the same text."""
    if "\n" in text:
        text = text.replace("\n", " ; ")
    tokens = text.split()
    words: Sequence[Word | None] = tuple(map(_KNOWN.__getitem__, tokens))
    if None in words:
        words = _with_odd_tokens(words, tokens)
    if not words:
        return Words()
    plain, toned, marked, capital, marks = zip(*words)  # noqa: B905 - every word has the same five parts
    return Words(plain, toned, marked, capital, (0, *marks[:-1]), len(plain), sum(marked))


def _with_odd_tokens(known_words: Iterable[Word | None], tokens: Iterable[str]) -> list[Word]:
    """The words, and for each None those of its token; a mark that stands alone is given to the word before it."""
    words: list[Word] = []
    for known, token in zip(known_words, tokens, strict=True):
        if known is not None:
            words.append(known)
            continue
        for word in _odd_token(token) if len(token) <= _KnownTokens.LONGEST else _taken_apart(token):
            if word.plain:
                words.append(word)
            elif words:
                words[-1] = _followed(words[-1], word.mark)
    return words


@lru_cache(maxsize=1024)
def _odd_token(token: str) -> tuple[Word, ...]:
    return _taken_apart(token)


def span_of_words(text: str, first: int, last: int) -> str:
    """The stretch of a text from one word of `split_words` to another, `last` included."""
    composed = unicodedata.normalize("NFC", text)
    pieces = list(islice(_WORD.finditer(composed), first, last + 1))
    return composed[pieces[0].start() : pieces[-1].end()]
