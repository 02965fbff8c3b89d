"""Flags foul language (never blocks it: angry citizens swear) and strings that nobody meant: tests, advertising."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.document import Document
from nlp.lexicon import read_yaml

_LINK = re.compile(
    r"(?i)https?://|www\.|\b(?:t\.me|bit\.ly|zalo\.me|shopee|lazada)\b|\b[\w-]+\.(?:com|vn|net|xyz|top|club|vip)\b"
)
_LONG_NUMBER = re.compile(r"\d[\d .]{7,}\d")
_TEST = re.compile(
    r"(?i)^\W*(?:(?:test(?:ing)?|thử|thu|alo+|a lô|abc|xyz|asd\w*|qwe\w*|zxc\w*|hello|hi|123+|\d{1,6}|"
    r"[a-z]|lorem.*)(?:\W+|$)){1,4}$"
)
_ONE_CHARACTER = re.compile(r"^\W*(\w)(?:\W*\1){4,}\W*$")
_VOWEL = re.compile(r"[aeiouy]")
_MASHED = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}|(?:asdf|qwer|zxcv|hjkl|dfgh|jkl;)", re.IGNORECASE)


def masked_swearing(entries: Sequence[str]) -> re.Pattern[str]:
    """Swear words with stars or dots inside, as one pattern over lower-case text."""
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(entry) for entry in entries) + r")(?!\w)")


_STARRED = masked_swearing([str(entry).strip() for entry in read_yaml("abuse.yaml")["maskers"]])


def judge_abuse(document: Document) -> None:
    """Sets the flag for foul language."""
    lowered = document.normal[:4_000].lower()
    document.abuse = "a:abuse" in document.hits or (
        ("*" in lowered or "." in lowered or "/" in lowered or "ờ" in lowered or "!" in lowered)
        and _STARRED.search(lowered) is not None
    )


def judge_spam(document: Document) -> None:
    """Sets the flag for test strings, mashed keys and advertising."""
    text = document.normal[:2_000]
    document.spam = bool(document.words.bare) and (
        _is_test(text, document.words.bare) or _is_advertising(document, text)
    )


def _is_test(text: str, bare: Sequence[str]) -> bool:
    if _TEST.match(text) or _ONE_CHARACTER.match(text):
        return True
    letters = [word for word in bare if word.isascii() and word.isalpha()]
    mashed = [word for word in letters if _MASHED.search(word) or (len(word) > 8 and not _VOWEL.search(word))]
    if mashed and len(mashed) * 2 >= len(letters) and len(bare) <= 12:
        return True
    return len(bare) >= 8 and len(set(bare)) <= 2


def _is_advertising(document: Document, text: str) -> bool:
    selling = len({" ".join(document.words.bare[start:end]) for start, end in document.hits.get("a:spam", ())})
    contact = bool(_LINK.search(text) or _LONG_NUMBER.search(text))
    complains = "s:phan_anh" in document.hits
    if not document.hits.get("a:spam") and _LINK.search(text) and len(document.words.bare) <= 8 and not complains:
        return True
    return selling + contact >= (4 if complains else 2) and selling >= 1
