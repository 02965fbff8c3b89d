"""Small trials beside the big evaluation: danger and its hotline, replies, promised dates; each from one file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nlp.dates import WorkingDay
from nlp.evaluate import COPIES, share
from nlp.promises import find_promise
from nlp.reader import Reader
from nlp.reply_quality import check_reply

Row = Mapping[str, Any]


def rows_of(path: Path) -> list[Row]:
    """Rows of a JSON Lines file; none when there is no such file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class DangerScore:
    """Shares 0 to 1: of the dangers, how many are found and how many with a right number to call; of the texts that
    only sound dangerous, how many get a number all the same (`alarms`) or are taken for an emergency (`sure`)."""

    dangers: int
    found: float | None
    hotline: float | None
    harmless: int
    alarms: float | None
    sure: float | None


def try_danger(reader: Reader, rows: Sequence[Row]) -> dict[str, DangerScore]:
    """By copy (as written, no accents, noisy), on rows {text, danger: number or null, also: other right numbers}."""
    scores = {}
    for copy, alter in COPIES.items():
        read = [(row, reader.read(alter(str(row["text"])))) for row in rows]
        dangers = [(row, reading) for row, reading in read if row["danger"]]
        harmless = [reading for row, reading in read if not row["danger"]]
        right = sum(r.danger is not None and r.danger.hotline in (row["danger"], *row["also"]) for row, r in dangers)
        scores[copy] = DangerScore(
            dangers=len(dangers),
            found=share(sum(reading.danger is not None for _, reading in dangers), len(dangers)),
            hotline=share(right, len(dangers)),
            harmless=len(harmless),
            alarms=share(sum(reading.danger is not None for reading in harmless), len(harmless)),
            sure=share(sum(reading.scope.value == "khan_cap" for reading in harmless), len(harmless)),
        )
    return scores


def try_replies(rows: Sequence[Row]) -> dict[str, tuple[int, float]]:
    """How many replies there are of each verdict and which share is judged so.

    Rows are {complaint, reply, attachments, verdict}.
    """
    meant = Counter(str(row["verdict"]) for row in rows)
    right = Counter(
        str(row["verdict"])
        for row in rows
        if check_reply(row["complaint"], row["reply"], row["attachments"]).verdict.value == row["verdict"]
    )
    return {verdict: (count, round(right[verdict] / count, 4)) for verdict, count in sorted(meant.items())}


def try_promises(rows: Sequence[Row], is_working_day: WorkingDay | None = None) -> tuple[int, float | None]:
    """How many rows {sent_at, reply, due} there are, and the share whose day (or none) is found."""
    right = 0
    for row in rows:
        found = find_promise(str(row["reply"]), datetime.fromisoformat(str(row["sent_at"])), is_working_day)
        right += (found.due.isoformat() if found else None) == row["due"]
    return len(rows), share(right, len(rows))
