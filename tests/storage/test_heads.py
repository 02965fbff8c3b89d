"""What the files of heads tell that the chains cannot: a tail cut off with everything that spoke of it."""

from __future__ import annotations

import hashlib
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from storage.files import FileStore
from storage.heads import HeadFiles
from storage.records import CaseStatus, ConfigVersion
from storage.store import Store, Transaction
from storage.verify import verify
from tests.storage.builders import NOW, a_case, a_citizen, break_it, file_case, later, step

HANOI = timezone(timedelta(hours=7))
TODAY, TOMORROW = NOW.date().isoformat(), later(days=1).date().isoformat()
MIDNIGHT = NOW.replace(hour=17, minute=0, second=0)
"""After which the first of December is over in Hà Nội."""
CUT = (
    "DELETE FROM events WHERE seq = 2",
    "UPDATE cases SET seq = 1, (status, head) = (SELECT now, hash FROM events WHERE seq = 1)",
    "DELETE FROM audit WHERE number = 2",
)
"""The last step and its traces taken away by somebody who knows the tables."""


@pytest.fixture
def heads(tmp_path: Path) -> HeadFiles:
    return HeadFiles(tmp_path / "heads", HANOI)


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def lived_in(single_store: Store) -> Store:
    """A case that was filed and accepted on the first of December, and two lines of audit."""

    def live(tx: Transaction) -> None:
        tx.citizens.add(a_citizen())
        tx.configs.add(ConfigVersion(1, "hash1", "text", "file", NOW))
        step(tx, file_case(tx, a_case(config_version="hash1")), CaseStatus.ACCEPTED)
        tx.audit.add("officer:1", "refused", NOW, {})
        tx.audit.add("officer:1", "refused", later(hours=1), {})

    single_store.write_now(live)
    return single_store


def written(folder: Path) -> dict[str, list[str]]:
    return {path.stem: path.read_text().splitlines() for path in sorted((folder / "heads").iterdir())}


def test_a_day_that_is_over_gets_its_file_once(lived_in: Store, heads: HeadFiles, tmp_path: Path) -> None:
    assert heads.note(lived_in, MIDNIGHT + timedelta(minutes=9)) == 0, "the last minute's may still be on their way"
    assert heads.note(lived_in, MIDNIGHT + timedelta(minutes=11)) == 2
    assert heads.note(lived_in, MIDNIGHT + timedelta(hours=20)) == 0
    case = lived_in.read_now(lambda tx: tx.cases.get(a_case().id))
    (lines,) = written(tmp_path).values()
    assert lines[:2] == ["-", f"{case.id} 2 {case.head}"]
    assert lines[2].startswith("audit 2 ")


def test_the_next_file_holds_what_grew_and_continues_the_one_before(
    lived_in: Store, heads: HeadFiles, tmp_path: Path
) -> None:
    heads.note(lived_in, MIDNIGHT + timedelta(hours=1))
    lived_in.write_now(lambda tx: tx.audit.add("officer:1", "refused", later(days=1), {}))
    assert heads.note(lived_in, MIDNIGHT + timedelta(days=3, hours=1)) == 1, (
        "nobody was there to write the files between"
    )
    days = written(tmp_path)
    assert list(days) == [TODAY, later(days=3).date().isoformat()]
    first, second = days.values()
    assert second[0] == hashlib.sha256("".join(f"{line}\n" for line in first).encode()).hexdigest()
    assert [line.split()[:2] for line in second[1:]] == [["audit", "3"]]


def test_a_day_on_which_nothing_happened_has_no_file(store: Store, heads: HeadFiles, tmp_path: Path) -> None:
    assert heads.note(store, NOW) == 0
    assert written(tmp_path) == {}


def test_what_is_whole_is_clean(lived_in: Store, heads: HeadFiles, files: FileStore) -> None:
    assert verify(lived_in, files, noted=heads) == []
    heads.note(lived_in, MIDNIGHT + timedelta(hours=1))
    lived_in.write_now(lambda tx: step(tx, tx.cases.get(a_case().id), CaseStatus.RESOLVED) and None)
    assert verify(lived_in, files, noted=heads) == []


def test_a_tail_that_nobody_else_misses_is_missed(lived_in: Store, heads: HeadFiles, files: FileStore) -> None:
    heads.note(lived_in, MIDNIGHT + timedelta(hours=1))
    for sql in CUT:
        break_it(lived_in, sql)
    assert verify(lived_in, files) == []
    assert [str(fault) for fault in verify(lived_in, files, noted=heads)] == [
        f"audit 2: is missing: the heads of {TODAY} have it",
        f"events {a_case().id}:2: is missing: the heads of {TODAY} have it",
    ]


def test_a_chain_written_anew_is_told_from_the_one_noted(lived_in: Store, heads: HeadFiles, files: FileStore) -> None:
    heads.note(lived_in, MIDNIGHT + timedelta(hours=1))
    for sql in CUT[:2]:
        break_it(lived_in, sql)
    lived_in.write_now(lambda tx: step(tx, tx.cases.get(a_case().id), CaseStatus.REJECTED, "rejected") and None)
    assert verify(lived_in, files) == []
    (fault,) = verify(lived_in, files, noted=heads)
    assert str(fault) == f"events {a_case().id}:2: was written anew: the heads of {TODAY} have it"


def test_a_file_changed_or_taken_away_later_breaks_the_next(
    lived_in: Store, heads: HeadFiles, files: FileStore, tmp_path: Path
) -> None:
    heads.note(lived_in, MIDNIGHT + timedelta(hours=1))
    lived_in.write_now(lambda tx: tx.audit.add("officer:1", "refused", later(days=1), {}))
    heads.note(lived_in, MIDNIGHT + timedelta(days=1, hours=1))
    (tmp_path / "heads" / f"{TODAY}.txt").unlink()
    (fault,) = verify(lived_in, files, noted=heads)
    assert str(fault) == f"heads {TOMORROW}: does not continue the file of the day before"


def test_a_number_that_no_database_takes_is_a_missing_link(
    lived_in: Store, heads: HeadFiles, files: FileStore, tmp_path: Path
) -> None:
    heads.note(lived_in, MIDNIGHT + timedelta(hours=1))
    (tmp_path / "heads" / f"{TODAY}.txt").write_text(f"-\naudit {10**20} ff\n", encoding="utf-8")
    assert [fault.row for fault in verify(lived_in, files, noted=heads)] == ["0"]
