"""Public case codes: random, short, and able to notice a slip of the finger."""

from __future__ import annotations

import re

from storage.records import CaseCode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 characters: no I, L, O or U."""

LENGTH = 6
"""Random characters: 2^30 codes."""

_SLIPS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_PRIME = 31


def make_code(random_bytes: bytes) -> CaseCode:
    """A code "HN-XXXX-XXC" from at least four random bytes; C is the check character."""
    number = int.from_bytes(random_bytes[:4], "big") % 32**LENGTH
    body = ""
    for _ in range(LENGTH):
        number, digit = divmod(number, 32)
        body += ALPHABET[digit]
    return _written(body + _check(body))


def check_code(text: str) -> CaseCode | None:
    """The code that a person typed: any case, with or without hyphens and spaces. None when it cannot be one."""
    letters = re.sub(r"[\s\-–.]", "", text.upper())
    body = letters.removeprefix("HN").translate(_SLIPS)
    if len(body) != LENGTH + 1 or any(c not in ALPHABET for c in body):
        return None
    return _written(body) if _check(body[:-1]) == body[-1] else None


def _check(body: str) -> str:
    """Weighted sum modulo a prime: notices any one wrong character (but 0 for Z) and any swap of neighbours."""
    total = sum((place + 2) * ALPHABET.index(c) for place, c in enumerate(body))
    return ALPHABET[total % _PRIME]


def _written(letters: str) -> CaseCode:
    return CaseCode(f"HN-{letters[:4]}-{letters[4:]}")
