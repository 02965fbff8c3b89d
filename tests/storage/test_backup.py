"""Backups: a copy made while others write is whole, and a damaged one is found out."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from storage.backup import BackupFailed, back_up, check_backup
from storage.files import FileStore
from storage.records import ConfigVersion
from storage.sealed import KeyFault, MasterKeys
from storage.store import Store
from tests.storage.builders import NOW, filed


@pytest.fixture
def running(tmp_path: Path, keys: MasterKeys):
    store = Store.open(f"sqlite:///{tmp_path}/live.db", keys)
    store.write_now(lambda tx: tx.configs.add(ConfigVersion(1, "hash1", "t", "file", NOW)))
    for number in range(1, 40):
        filed(store, number, config_version="hash1", why="lời kể")
    yield store
    store.close()


def test_a_copy_made_under_load_is_whole(running: Store, tmp_path: Path, keys: MasterKeys) -> None:
    done = threading.Event()
    told: list[int] = []

    def go_on() -> None:
        number = 1000
        while not done.is_set():
            filed(running, number, config_version="hash1")
            told.append(number)
            number += 1

    writer = threading.Thread(target=go_on)
    writer.start()
    while len(told) < 5:
        pass
    before = len(told)
    size = back_up(tmp_path / "live.db", tmp_path / "backups" / "copy.db")
    done.set()
    writer.join(30)
    copy = tmp_path / "backups" / "copy.db"
    assert copy.stat().st_size == size
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert check_backup(copy, keys, FileStore(tmp_path / "files")) == []
    restored = Store.open(f"sqlite:///{copy}", keys)
    kept = {case.id for case in restored.read_now(lambda tx: tx.cases.all())}
    assert kept >= {f"case-{n:06d}" for n in (*range(1, 40), *told[:before])}
    assert restored.read_now(lambda tx: tx.cases.all()[0].text) == "Đèn đường trước nhà tắt ba hôm nay"
    restored.close()
    assert [p.name for p in (tmp_path / "backups").iterdir() if p.name.endswith((".part", ".check"))] == []


def test_checking_leaves_the_copy_as_it_was(running: Store, tmp_path: Path, keys: MasterKeys) -> None:
    copy = tmp_path / "copy.db"
    back_up(tmp_path / "live.db", copy)
    before = copy.read_bytes()
    check_backup(copy, keys, FileStore(tmp_path / "files"))
    assert copy.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("copy")) == ["copy.db"]


def test_a_flipped_byte_is_found(running: Store, tmp_path: Path, keys: MasterKeys) -> None:
    copy = tmp_path / "copy.db"
    back_up(tmp_path / "live.db", copy)
    content = bytearray(copy.read_bytes())
    at = content.index(b'"kind":"filed"')
    content[at + 9] ^= 1
    copy.write_bytes(content)
    assert "events" in {fault.table for fault in check_backup(copy, keys, FileStore(tmp_path / "files"))}


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0 but no more", b"hello" * 1000])
def test_what_is_no_database_is_refused(tmp_path: Path, keys: MasterKeys, content: bytes) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(content)
    with pytest.raises(BackupFailed):
        check_backup(copy, keys, FileStore(tmp_path / "files"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.db"]


def test_a_copy_does_not_open_with_another_key(running: Store, tmp_path: Path) -> None:
    back_up(tmp_path / "live.db", tmp_path / "copy.db")
    with pytest.raises(KeyFault):
        check_backup(tmp_path / "copy.db", MasterKeys.load(tmp_path / "other.key"), FileStore(tmp_path / "files"))


def test_no_database_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed):
        back_up(tmp_path / "none.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_an_older_copy_stays_when_a_new_one_fails(running: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(tmp_path / "live.db", copy)
    before = copy.read_bytes()
    (tmp_path / "bad.db").write_bytes(b"hello" * 1000)
    with pytest.raises(BackupFailed):
        back_up(tmp_path / "bad.db", copy)
    assert copy.read_bytes() == before
