"""Verification: a whole database is clean, and each invariant broken with raw SQL is named by its row."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from storage.files import FileStore, thumb_name
from storage.records import Case, CaseStatus, Chat, ConfigVersion, FileStatus
from storage.store import Store, Transaction
from storage.verify import Fault, verify
from tests.storage.builders import CITIZEN, NOW, a_case, a_citizen, a_file, a_push, break_it, file_case, later, step

DIGEST = "ab" * 32
CODE = a_case().code
CASE = a_case().id


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def lived_in(single_store: Store, files: FileStore) -> Store:
    """A small city: a case with three events, pushes in every state, a picture, two audit lines."""
    files.put(DIGEST, b"jpeg")
    files.put(thumb_name(DIGEST), b"thumb")
    single_store.write_now(_live)
    return single_store


def _live(tx: Transaction) -> None:
    tx.citizens.add(a_citizen())
    tx.chats.save(Chat("telegram", "c1", citizen=CITIZEN))
    tx.configs.add(ConfigVersion(1, "hash1", "text", "file", NOW))
    case = file_case(tx, a_case(config_version="hash1"), why="lời kể")
    case = step(tx, case, CaseStatus.ACCEPTED)
    case = step(tx, case, CaseStatus.RESOLVED, "resolved", why="đã xong")
    numbers = [tx.outbox.add(a_push(f"c{n}", case=case.id, event=n)) for n in range(1, 5)]
    tx.outbox.mark_sent(numbers[0], NOW, "m1")
    tx.outbox.mark_dead(numbers[1], NOW, "400")
    tx.outbox.park(numbers[2], "blocked")
    tx.files.add(a_file(case=case.id, status=FileStatus.READY, sha256=DIGEST))
    tx.files.add(a_file(2, retry_at=NOW))
    tx.audit.add("officer:1", "refused", NOW, {"a": 1})
    tx.audit.add("officer:1", "refused", later(hours=1), {"a": 2})


def legal(was: CaseStatus | None, kind: str, now: CaseStatus) -> bool:
    return (was, now) != (CaseStatus.CLOSED, CaseStatus.TRIAGE)


def faults(store: Store, files: FileStore) -> list[Fault]:
    return verify(store, files, legal)


def test_a_whole_database_is_clean(lived_in: Store, files: FileStore) -> None:
    assert faults(lived_in, files) == []


def test_an_empty_database_is_clean(store: Store, files: FileStore) -> None:
    assert faults(store, files) == []


BREAKS = {
    "an event's kind": ("UPDATE events SET kind = 'rejected' WHERE seq = 2", "events", f"{CASE}:2"),
    "an event's time": ("UPDATE events SET at = at + 1 WHERE seq = 2", "events", f"{CASE}:2"),
    "who did it": ("UPDATE events SET by = 'officer:x' WHERE seq = 3", "events", f"{CASE}:3"),
    "an event's facts": ("UPDATE events SET facts = '{\"a\": 1}' WHERE seq = 1", "events", f"{CASE}:1"),
    "an event's status": ("UPDATE events SET now = 'closed' WHERE seq = 2", "events", f"{CASE}:2"),
    "an event's bytes": ("UPDATE events SET canonical = CAST('?' AS {bytes}) WHERE seq = 2", "events", f"{CASE}:2"),
    "a status that there is not": ("UPDATE events SET now = 'finished' WHERE seq = 3", "events", f"{CASE}:3"),
    "facts that are none": ("UPDATE events SET facts = '[' WHERE seq = 3", "events", f"{CASE}:3"),
    "an event twice": (
        "UPDATE events SET seq = 7 WHERE seq = 3",
        "events",
        f"{CASE}:7",
    ),
    "a case's status that there is not": ("UPDATE cases SET status = 'finished'", "cases", CODE),
    "an event's hash": ("UPDATE events SET hash = 'f00' WHERE seq = 2", "events", f"{CASE}:2"),
    "a link": ("UPDATE events SET prev = 'f00' WHERE seq = 3", "events", f"{CASE}:3"),
    "a missing event": ("DELETE FROM events WHERE seq = 2", "events", f"{CASE}:3"),
    "a missing tail": ("DELETE FROM events WHERE seq = 3", "cases", CODE),
    "no events at all": ("DELETE FROM events", "cases", CODE),
    "a missing case": ("DELETE FROM cases", "events", CASE),
    "a case's status": ("UPDATE cases SET status = 'closed'", "cases", CODE),
    "a case's sequence": ("UPDATE cases SET seq = 2", "cases", CODE),
    "a case's head": ("UPDATE cases SET head = 'f00'", "cases", CODE),
    "a case's configuration": ("UPDATE cases SET config_version = 'hash9'", "cases", CODE),
    "a case's citizen": ("UPDATE cases SET citizen = 'nobody'", "cases", CODE),
    "a chat's citizen": ("UPDATE chats SET citizen = 'nobody'", "chats", "telegram:c1"),
    "a push in two states": ("UPDATE outbox SET dead_at = 1 WHERE chat = 'c1'", "outbox", "1"),
    "a push in no state": ("UPDATE outbox SET sent_at = NULL WHERE chat = 'c1'", "outbox", "1"),
    "a push of no case": ("UPDATE outbox SET case_id = 'gone' WHERE chat = 'c4'", "outbox", "4"),
    "a file of no case": ("UPDATE files SET case_id = 'gone' WHERE id = 'file-2'", "files", "file-2"),
    "a file without digest": ("UPDATE files SET sha256 = NULL WHERE id = 'file-1'", "files", "file-1"),
    "an audit line": ("UPDATE audit SET what = 'accepted' WHERE number = 1", "audit", "1"),
    "an audit line's facts": ("UPDATE audit SET facts = '{}' WHERE number = 2", "audit", "2"),
    "audit facts that are none": ("UPDATE audit SET facts = '{' WHERE number = 2", "audit", "2"),
    "a missing audit line": ("DELETE FROM audit WHERE number = 1", "audit", "2"),
}


@pytest.mark.parametrize("what", BREAKS)
def test_each_break_is_named_by_its_row(lived_in: Store, files: FileStore, what: str) -> None:
    sql, table, row = BREAKS[what]
    if table == "outbox":
        row = str(int(row) - 1 + first_push(lived_in))
    break_it(lived_in, sql.replace("{bytes}", "BLOB" if lived_in.is_sqlite else "bytea"))
    found = faults(lived_in, files)
    assert (table, row) in {(fault.table, fault.row) for fault in found}, found


def first_push(store: Store) -> int:
    with store.connect() as connection:
        return int(connection.exec_driver_sql("SELECT min(id) FROM outbox").scalar_one())


def test_a_forged_event_with_a_fitting_hash_breaks_the_chain(lived_in: Store, files: FileStore) -> None:
    """Whoever rewrites one event, hash and all, still has all later ones against them."""
    from storage.events import chain_hash

    with lived_in.connect() as connection:
        row = connection.exec_driver_sql("SELECT canonical, prev FROM events WHERE seq = 2").one()
    forged = bytes(row[0]).replace(b"officer:o1", b"officer:o9")
    digest = chain_hash(row[1], forged)
    hexed = forged.hex()
    held = f"X'{hexed}'" if lived_in.is_sqlite else f"'\\x{hexed}'::bytea"
    break_it(lived_in, f"UPDATE events SET canonical = {held}, hash = '{digest}', by = 'officer:o9' WHERE seq = 2")
    assert Fault("events", f"{CASE}:3", "does not continue the event before") in faults(lived_in, files)


def test_an_illegal_step_is_named(lived_in: Store, files: FileStore) -> None:
    def move(tx: Transaction) -> None:
        case = step(tx, tx.cases.get(CASE), CaseStatus.CLOSED, "closed")
        step(tx, case, CaseStatus.TRIAGE, "moved")

    lived_in.write_now(move)
    [fault] = faults(lived_in, files)
    assert (fault.table, fault.row) == ("events", f"{CASE}:5")
    assert "illegal" in fault.what
    assert verify(lived_in, files) == []


def test_a_picture_without_a_row_and_a_row_without_a_picture(lived_in: Store, files: FileStore, tmp_path: Path) -> None:
    files.put("cd" * 32, b"stray")
    files.delete(DIGEST)
    assert {(fault.table, fault.row) for fault in faults(lived_in, files)} == {("files", "file-1")}, "it may come yet"
    for path in tmp_path.glob("files/??/*"):
        os.utime(path, (1, 1))
    found = {(fault.table, fault.row) for fault in faults(lived_in, files)}
    assert found == {("file", "cd" * 32), ("files", "file-1"), ("file", thumb_name(DIGEST))}


def test_an_erased_persons_chain_is_whole(lived_in: Store, files: FileStore) -> None:
    lived_in.write_now(lambda tx: tx.citizens.erase(CITIZEN, later(days=1)))
    assert faults(lived_in, files) == []


def test_verification_does_not_hold_writers_up(lived_in: Store, files: FileStore) -> None:
    """It reads one moment's state while work goes on."""

    def slow(was: CaseStatus | None, kind: str, now: CaseStatus) -> bool:
        case: Case = lived_in.read_now(lambda tx: tx.cases.get(CASE))
        lived_in.write_now(lambda tx: tx.cases.save(replace(case, ladder=case.ladder + 1)))
        return True

    assert verify(lived_in, files, slow) == []
    assert lived_in.read_now(lambda tx: tx.cases.get(CASE).ladder) == 3


def test_a_fault_reads_as_a_line() -> None:
    assert str(Fault("cases", "HN-1", "has no event")) == "cases HN-1: has no event"
