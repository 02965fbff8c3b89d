"""Where each chain ended, noted day by day in files to be copied away: a chain alone cannot see its missing tail."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select

from storage.files import sync
from storage.store import Store
from storage.tables import audit, events

AUDIT = "audit"
"""The name of the one chain that is no case's."""
NOTHING_BEFORE = "-"
_NUMBER = re.compile("[0-9]{1,18}")
"""What a database takes as a number; anything else in a file is no link of a chain."""
FIRST_DAY = date(1970, 1, 1)
LATE = timedelta(minutes=10)
"""How long after midnight an event of the day before may still be committed."""


class Head(NamedTuple):
    """The last link of a chain, a case's or the audit's: its number and hash, and the day whose file says so."""

    chain: str
    seq: int
    hash: str
    day: str


class HeadFiles:
    """A folder of text files: `2026-11-28.txt` holds where the chains ended that had grown since the file before.

    Its first line is the SHA-256 of the file before, "-" when it is the first; each other line a case (or "audit"),
    the number of its last event and its hash. A day on which nothing happened has no file.
    """

    def __init__(self, folder: Path, zone: tzinfo) -> None:
        """`zone`: whose midnight ends a day."""
        self._folder = folder
        self._zone = zone

    def note(self, store: Store, now: datetime) -> int:
        """Writes the file of the last day that is over, unless it is there; returns how many heads it holds."""
        today = (now - LATE).astimezone(self._zone).date()
        day, days = today - timedelta(days=1), self._days()
        if days and days[-1] >= day:
            return 0
        before = hashlib.sha256(self._path(days[-1]).read_bytes()).hexdigest() if days else NOTHING_BEFORE
        since = self._midnight(days[-1] + timedelta(days=1) if days else FIRST_DAY)
        return store.read_now(lambda tx: self._write(day, before, _grown(tx.connection, since, self._midnight(today))))

    def read(self) -> tuple[dict[str, Head], list[date]]:
        """The newest head of each chain, and the days whose file does not continue the one before."""
        heads: dict[str, Head] = {}
        broken, before = [], NOTHING_BEFORE
        for day in self._days():
            written = self._path(day).read_bytes()
            first, *lines = written.decode("utf-8", errors="replace").splitlines() or [""]
            if first != before:
                broken.append(day)
            for chain, seq, hash_ in (line.split(" ") for line in lines if line.count(" ") == 2):
                heads[chain] = Head(chain, int(seq) if _NUMBER.fullmatch(seq) else 0, hash_, day.isoformat())
            before = hashlib.sha256(written).hexdigest()
        return heads, broken

    def _midnight(self, day: date) -> datetime:
        """At which it begins."""
        return datetime.combine(day, time(), self._zone)

    def _days(self) -> list[date]:
        return sorted(date.fromisoformat(path.stem) for path in self._folder.glob("????-??-??.txt"))

    def _path(self, day: date) -> Path:
        return self._folder / f"{day}.txt"

    def _write(self, day: date, before: str, heads: Iterable[tuple[str, int, str]]) -> int:
        """The file appears under its name when it is whole and on disk, and not at all when nothing grew."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh, count = self._path(day).with_suffix(".part"), 0
        with fresh.open("w", encoding="utf-8") as out:
            out.write(f"{before}\n")
            for count, (chain, seq, hash_) in enumerate(heads, start=1):  # noqa: B007 - how many there were
                out.write(f"{chain} {seq} {hash_}\n")
            out.flush()
            os.fsync(out.fileno())
        if count == 0:
            fresh.unlink()
            return 0
        fresh.replace(self._path(day))
        sync(self._folder)
        return count


def _grown(connection: Connection, since: datetime, until: datetime) -> Iterator[tuple[str, int, str]]:
    """The heads that the chains had at `until`, of those that grew from `since` on."""
    last = select(events.c.case_id, func.max(events.c.seq).label("seq")).where(
        events.c.at >= since, events.c.at < until
    )
    ends = last.group_by(events.c.case_id).subquery()
    is_end = and_(events.c.case_id == ends.c.case_id, events.c.seq == ends.c.seq)
    heads = select(events.c.case_id, events.c.seq, events.c.hash).join(ends, is_end)
    for case, seq, hash_ in connection.execution_options(yield_per=1000).execute(heads):
        yield case, seq, hash_
    lines = select(audit.c.number, audit.c.hash).where(audit.c.at >= since, audit.c.at < until)
    for number, hash_ in connection.execute(lines.order_by(audit.c.number.desc()).limit(1)):
        yield AUDIT, number, hash_
