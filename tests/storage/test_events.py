"""Events: one chain a case, each link held by the hash of the one before."""

from __future__ import annotations

import hashlib
import json

import pytest

from storage.records import CaseStatus, Event
from storage.shelf import Lost
from storage.store import Store
from tests.storage.builders import CITIZEN, NOW, filed, later, step


def test_events_come_back_in_order_with_their_words(store: Store) -> None:
    case = filed(store, why="lời kể")
    case = store.write_now(lambda tx: step(tx, case, CaseStatus.ACCEPTED, why="nhận xử lý"))
    events = store.read_now(lambda tx: tx.events.of(case.id))
    assert [(e.seq, e.kind, e.was, e.now, e.why) for e in events] == [
        (1, "filed", None, CaseStatus.RECEIVED, "lời kể"),
        (2, "accepted", CaseStatus.RECEIVED, CaseStatus.ACCEPTED, "nhận xử lý"),
    ]
    assert events[0].at == NOW
    assert events[1].prev == events[0].hash
    assert store.read_now(lambda tx: tx.events.last(case.id)) == events[1]


def test_the_hash_is_over_the_stored_bytes_and_those_hold_no_words(store: Store) -> None:
    case = filed(store, why="lời kể")
    with store.connect() as connection:
        row = connection.exec_driver_sql("SELECT canonical, prev, hash FROM events").one()
    held = bytes(row[0])
    assert hashlib.sha256(row[1].encode() + held).hexdigest() == row[2] == case.head
    assert "lời kể".encode() not in held
    assert len(json.loads(held)["words"]) == 64
    assert json.loads(held)["at"] == "2026-12-01T02:00:00.123456+00:00"


@pytest.mark.parametrize("seq", [1, 3, 0])
def test_an_event_out_of_sequence_is_refused(store: Store, seq: int) -> None:
    case = filed(store)
    event = Event(case.id, seq, "accepted", later(hours=1), "system", case.status, CaseStatus.ACCEPTED)
    with pytest.raises(Lost):
        store.write_now(lambda tx: tx.events.add(event, CITIZEN))
    assert store.read_now(lambda tx: len(tx.events.of(case.id))) == 1


def test_facts_and_undone_steps_come_back(store: Store) -> None:
    case = filed(store)
    facts = {"agency": "ubnd-00004", "files": ["f1"], "before": {"due_at": None, "ladder": 0}, "hours": 1.5}
    event = Event(case.id, 2, "undone", NOW, "officer:1", case.status, case.status, facts=facts, undoes=1)
    store.write_now(lambda tx: tx.events.add(event, CITIZEN))
    kept = store.read_now(lambda tx: tx.events.last(case.id))
    assert (kept.facts, kept.undoes) == (facts, 1)
