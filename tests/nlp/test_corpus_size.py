"""The corpus holds enough of everything to learn from, written for this project."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from nlp.normalize import fold
from routing.config import load

ROOT = Path(__file__).parents[2]
ENOUGH = 40
"""Different sentences of each category."""


def test_every_category_has_at_least_forty_different_sentences() -> None:
    said = {
        (row["category"], fold(row["text"]))
        for path in (ROOT / "nlp" / "corpus").glob("*.jsonl")
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if row.get("category")
    }
    counted = Counter(category for category, _ in said)
    categories = load(ROOT / "config.yaml").categories
    assert len(categories) >= 24
    assert {code: counted[code] for code in categories if counted[code] < ENOUGH} == {}
