"""One spelling for one text: composed letters, one place for the tone, nothing invisible."""

from __future__ import annotations

import re
import unicodedata

# Joiners, direction marks, soft hyphen, variation selectors, byte order mark: seen in pasted text, never meant.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

# "hoà" and "hòa", "thuỷ" and "thủy" are two spellings of one word; the tone goes to the first vowel, as Telex types it.
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # grave, acute, tilde, hook above, dot below
_FIRST_VOWEL = {
    unicodedata.normalize("NFC", first + second + tone): unicodedata.normalize("NFC", first + tone + second)
    for first, second in (("o", "a"), ("o", "e"), ("u", "y"), ("O", "a"), ("O", "e"), ("U", "y"))
    for tone in _TONES
} | {
    unicodedata.normalize("NFC", first + second + tone): unicodedata.normalize("NFC", first + tone + second)
    for first, second in (("O", "A"), ("O", "E"), ("U", "Y"), ("o", "A"), ("o", "E"), ("u", "Y"))
    for tone in _TONES
}
_LATE_TONE = re.compile(r"(?<![qQ])(?:" + "|".join(_FIRST_VOWEL) + r")(?![^\W\d_]|[\u0300-\u036f])")


def _fold_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord("đ"): "d", ord("Đ"): "d", ord("ð"): "d"}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        bare = unicodedata.normalize("NFD", chr(code))[0]
        if bare.isascii() and bare.isalpha():
            table[code] = bare.lower()
    # A mark left alone after decomposition carries no letter.
    table.update(dict.fromkeys(range(0x300, 0x370)))
    return table


_FOLD = _fold_table()


def normalize(text: str) -> str:
    """NFC, tone on the first vowel of oa/oe/uy, no invisible or control characters, single spaces; idempotent."""
    if text.isascii() and "  " not in text and text.isprintable():
        return text.strip()
    text = _CONTROL.sub("", _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
    return _LATE_TONE.sub(lambda found: _FIRST_VOWEL[found.group()], text).strip()


def fold(text: str) -> str:
    """Lower case without accents, đ as d: "Ổ gà ở Đống Đa" -> "o ga o dong da"."""
    return text.lower().translate(_FOLD)
