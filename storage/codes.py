"""Public case codes: random, short, and able to notice a slip of the finger."""

from __future__ import annotations

import re

from storage.records import CaseCode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
"""Crockford's characters (no I, L, O or U) without Z: 31, a prime, so that the check misses no single slip."""

LENGTH = 6
"""Random characters: 31^6, some 887 million codes."""

_SLIPS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "Z": "2"})
_BASE = len(ALPHABET)


def make_code(random_bytes: bytes) -> CaseCode:
    """A code "HN-XXXX-XXC" from at least eight random bytes; C is the check character."""
    number = int.from_bytes(random_bytes[:8], "big") % _BASE**LENGTH
    body = ""
    for _ in range(LENGTH):
        number, digit = divmod(number, _BASE)
        body += ALPHABET[digit]
    return _written(body + _check(body))


def check_code(text: str) -> CaseCode | None:
    """The code that a person typed: any case, with or without hyphens and spaces. None when it cannot be one."""
    letters = re.sub(r"[\s\-–.]", "", text.upper())
    body = (letters.removeprefix("HN") if len(letters) > LENGTH + 1 else letters).translate(_SLIPS)
    if len(body) != LENGTH + 1 or any(c not in ALPHABET for c in body):
        return None
    return _written(body) if _check(body[:-1]) == body[-1] else None


def _check(body: str) -> str:
    """Weighted sum modulo a prime: notices any one wrong character and any swap of neighbours."""
    total = sum((place + 2) * ALPHABET.index(c) for place, c in enumerate(body))
    return ALPHABET[total % _BASE]


def _written(letters: str) -> CaseCode:
    return CaseCode(f"HN-{letters[:4]}-{letters[4:]}")
