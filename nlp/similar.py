"""How alike two complaints are, for finding cases about the same thing."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

# Words that say nothing about what is wrong or where.
_EMPTY_WORDS = (
    "la va co cua cho o tai thi ma nay do de den toi nguoi dan chung minh em anh chi duoc khong "
    "da dang se rat qua cac nhung mot"
    " voi nhu tu ra vao len xuong gi a ah oi nhe phan anh kien nghi de nghi mong xin chao cam on xu ly giup"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())


def similarity(folded_a: str, folded_b: str) -> float:
    """0 (nothing in common) to 1 (the same words), for two texts in lower case without accents. Symmetric.

    Cosine over telling words and pairs of neighbours; pairs count double: a street or a defect is rarely one word.
    """
    a, b = _weights(folded_a), _weights(folded_b)
    if not a or not b:
        return 0.0
    if len(a) > len(b):
        a, b = b, a
    dot = sum(weight * b[part] for part, weight in a.items() if part in b)
    norm = math.sqrt(sum(weight * weight for weight in a.values()) * sum(weight * weight for weight in b.values()))
    return min(1.0, dot / norm)


def _weights(folded: str) -> dict[str, float]:
    words = ["".join(filter(str.isalnum, word)) for word in folded.split()]
    words = [word for word in words if word]
    parts: Counter[str] = Counter(word for word in words if word not in _EMPTY)
    parts.update(f"{left} {right}" for left, right in pairwise(words) if left not in _EMPTY or right not in _EMPTY)
    return {part: (2.0 if " " in part else 1.0) * (1 + math.log(count)) for part, count in parts.items()}
