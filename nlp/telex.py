"""Undoes what is left of Telex and VNI when the keyboard was off: "dduowngf", "ddu7o7ng2" -> "đường"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from nlp.syllables import ONSETS, RHYMES

_LOOKS_TYPED = re.compile(r"dd|[aou]w|aa|ee|oo|[a-z][1-9][a-z1-9]", re.IGNORECASE)
_NOT_ENGLISH = re.compile(r"^dd|[aou]w.*[sfrxj]|\d", re.IGNORECASE)
_WORD = re.compile(r"(?<!\w)[a-z][a-z0-9]*(?!\w)", re.IGNORECASE)
_PARTS = re.compile(r"((?:qu|gi(?=[a-z])|[^aeiouyw\W\d]*)9?)((?:[aeiouy]|(?<=[a-z])w).*)")
_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}


_MARKED = "ăâêôơư"
# So many keystrokes of accents in one word are no chance: a doubled letter and a tone, two doubled letters.
_PLAIN = 2
# Of the words of a text without accents at least this share must look typed: English words do now and then.
_MOST = 0.4


class _Typed(NamedTuple):
    """One word put right, and how many keystrokes of an accent it held."""

    word: str
    signs: int


def untyped(text: str, is_foreign: Callable[[], bool] = lambda: False) -> str:
    """The text with such words written out; unchanged unless one of them shows it plainly.

    `is_foreign` is asked last: English words ("trees") look typed as well.
    """
    if not _LOOKS_TYPED.search(text):
        return text
    words = _WORD.findall(text)
    typed = {word: put for word in words if (put := _put_right(word.lower())) is not None}
    if not text.isascii():
        # The keyboard was on: a single slip, where no English word can be meant.
        typed = {word: put for word, put in typed.items() if put.signs >= _PLAIN and _NOT_ENGLISH.search(word)}
    elif len(typed) < _MOST * len(words):
        return text
    if not any(put.signs >= _PLAIN for put in typed.values()) or is_foreign():
        return text
    return _WORD.sub(lambda found: typed[found.group()].word if found.group() in typed else found.group(), text)


def _put_right(word: str) -> _Typed | None:
    """The Vietnamese syllable that was meant; None when the word holds no keystroke of an accent or is none then."""
    parts = _PARTS.fullmatch(word)
    if parts is None:
        return None
    onset, rest = parts.groups()
    signs = 0
    rest = f"u{rest}" if rest.startswith("w") else rest  # Telex types ư as a bare w
    if onset in ("dd", "d9"):
        onset, signs = "đ", 1
    tones = [c for c in rest if c in _TELEX_TONES or c in _VNI_TONES]
    marks = "".join(c for c in rest if c in "w678d9")
    bare = "".join(c for c in rest if c not in _TELEX_TONES and not c.isdigit() and c not in "wd")
    if len(tones) > 1 or (onset != "d" and ("d" in marks or "9" in marks)):
        return None
    if "d" in marks or "9" in marks:
        onset = "đ"
    rhyme = _with_marks(bare, marks)
    signs += len(tones) + len(set(marks)) + (rhyme != _with_marks(bare, "", doubled=False) and not marks)
    if not signs or onset not in ONSETS or rhyme not in RHYMES:
        return None
    tone = ({**_TELEX_TONES, **_VNI_TONES})[tones[0]] if tones else ""
    return _Typed(unicodedata.normalize("NFC", onset + _with_tone(rhyme, tone)), signs)


def _with_marks(vowels: str, marks: str, doubled: bool = True) -> str:
    """The rhyme with its hats and horns: "uong" with w or 7 -> "ương", "ieen" or "ien" with 6 -> "iên"."""
    if doubled:
        vowels = vowels.replace("aa", "â").replace("ee", "ê").replace("oo", "ô")
    if "6" in marks:
        vowels = re.sub("[aeo]", lambda found: {"a": "â", "e": "ê", "o": "ô"}[found.group()], vowels, count=1)
    if "7" in marks or "w" in marks:
        for plain, horned in (("uo", "ươ"), ("ua", "ưa"), ("uu", "ưu"), ("o", "ơ"), ("u", "ư")):
            if plain in vowels and not ("w" in marks and "oa" in vowels):
                return vowels.replace(plain, horned, 1)
    if "8" in marks or "w" in marks:
        vowels = vowels.replace("a", "ă", 1)
    return vowels


def _with_tone(rhyme: str, tone: str) -> str:
    """The tone on the marked vowel, else on the last before a consonant, else on the first."""
    places = [at for at, letter in enumerate(rhyme) if letter in f"aeiouy{_MARKED}"]
    marked = [at for at in places if rhyme[at] in _MARKED]
    is_closed = places[-1] < len(rhyme) - 1
    at = marked[-1] if marked else places[-1] if is_closed else places[0]
    return f"{rhyme[: at + 1]}{tone}{rhyme[at + 1 :]}"
