"""The events of a case: append-only, each holding the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select

from storage.batch import Batch
from storage.mapper import Mapper
from storage.records import CaseId, CitizenId, Event
from storage.shelf import Lost, Shelf
from storage.tables import cases, events
from storage.vault import Vault

MAPPER = Mapper(
    Event,
    events,
    row_id=lambda event: f"{event.case}:{event.seq}",
    owner=lambda _event: None,
    sealed=("why",),
    renamed={"case": "case_id"},
)


_HEAD_OF = (
    select(events.c.seq, events.c.hash)
    .where(events.c.case_id == bindparam("case"))
    .order_by(events.c.seq.desc())
    .limit(1)
)
_HEADS_OF = (
    select(events.c.case_id, events.c.seq, events.c.hash)
    .join(cases, and_(cases.c.id == events.c.case_id, cases.c.seq == events.c.seq))
    .where(cases.c.id.in_(bindparam("these", expanding=True)))
)
_ADD = events.insert()


class Touch(NamedTuple):
    """An event, who acted, who has its case now, and which agency is above."""

    case: str
    seq: int
    by: str
    agency: str | None
    parent: str | None


def canonical(event: Event, digest: str | None) -> bytes:
    """The bytes that are hashed: everything but the free words, of which only a keyed digest is held."""
    held: Mapping[str, Any] = {
        "case": event.case,
        "seq": event.seq,
        "kind": event.kind,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": event.by,
        "was": event.was,
        "now": event.now,
        "facts": event.facts,
        "undoes": event.undoes,
        "words": digest,
    }
    return json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def chain_hash(prev: str, held: bytes) -> str:
    """Hash of an event: over the hash before it and its canonical bytes."""
    return hashlib.sha256(prev.encode() + held).hexdigest()


class Events(Shelf):
    """The events of one transaction."""

    def __init__(self, batch: Batch, vault: Vault) -> None:
        super().__init__(batch, vault)
        self._heads: dict[str, tuple[int, str]] = {}
        """Sequence and hash of the last event, where it is known.

        When another transaction adds one meanwhile, the database refuses ours, and this transaction runs again.
        """

    def add(self, event: Event, citizen: CitizenId) -> Event:
        """Appends and returns it with its place in the chain. Raises Lost when its sequence does not follow the last.

        Free words are sealed with the key of whoever complained: erasing that person erases them everywhere.
        """
        seq, prev = self._heads.get(event.case) or self._head(event.case)
        if event.seq != seq + 1:
            raise Lost(f"event {event.seq} of {event.case} cannot follow {seq}")
        digest = self._vault.digest(citizen, event.why) if event.why else None
        held = canonical(event, digest)
        chained = replace(event, prev=prev, hash=chain_hash(prev, held))
        sealed = self._vault.seal(citizen, self._about(event), event.why) if event.why else None
        row = {**MAPPER.plain_row(chained), "canonical": held, "sealed": sealed}
        self._batch.insert(_ADD, row)
        self._heads[event.case] = (chained.seq, chained.hash)
        return chained

    def expect(self, expected: Collection[CaseId]) -> None:
        """Events of these cases will follow: where their chains end is asked for all of them at once."""
        for row in self._connection.execute(_HEADS_OF, {"these": list(expected)}):
            self._heads[row.case_id] = (row.seq, row.hash)

    def of(self, case: CaseId) -> tuple[Event, ...]:
        """In order."""
        rows = self._rows(select(events).where(events.c.case_id == case).order_by(events.c.seq))
        return tuple(self._event(row) for row in rows)

    def last(self, case: CaseId) -> Event | None:
        row = self._row(select(events).where(events.c.case_id == case).order_by(events.c.seq.desc()).limit(1))
        return self._event(row) if row is not None else None

    def _event(self, row: Mapping[str, Any]) -> Event:
        event = MAPPER.of_row({**row, "sealed": None}, self._vault, None, "")
        if row["sealed"] is None:
            return event
        return replace(event, why=self._vault.open(self._citizen_of(event.case), self._about(event), row["sealed"]))

    def touched_since(self, at: datetime, limit: int = 2000) -> tuple[Touch, ...]:
        """The newest events at or after a time, and whom they concern; nothing is unsealed."""
        query = select(events.c.case_id, events.c.seq, events.c.by, cases.c.agency, cases.c.parent)
        joined = query.join(cases, cases.c.id == events.c.case_id).where(events.c.at >= at)
        rows = self._rows(joined.order_by(events.c.at.desc()).limit(limit))
        return tuple(Touch(row["case_id"], row["seq"], row["by"], row["agency"], row["parent"]) for row in rows)

    def _head(self, case: CaseId) -> tuple[int, str]:
        """Sequence and hash of the last event; zero and nothing before the first."""
        row = self._connection.execute(_HEAD_OF, {"case": case}).first()
        return (row.seq, row.hash) if row is not None else (0, "")

    @staticmethod
    def _about(event: Event) -> str:
        return f"events:{event.case}:{event.seq}"
