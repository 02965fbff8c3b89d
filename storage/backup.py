"""Copies of the database while the service runs, and a check that a copy can be used."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.files import FileStore, sync
from storage.sealed import MasterKeys
from storage.store import Store
from storage.verify import Fault, Legal, verify

HEAD = b"SQLite format 3\0"
PAGES = 2048
"""Pages (of 4 KiB) copied at a time; between two portions writers go on."""


class BackupFailed(Exception):
    """There is no usable copy."""


def back_up(database: Path, target: Path) -> int:
    """Copies an SQLite database, also while it is written to, to `target`; returns the copy's size in bytes.

    The copy appears under its name only when it is whole and on disk. It holds no key: the key file is kept apart.
    PostgreSQL has tools of its own for this (pg_dump, continuous archiving). Raises BackupFailed, also when the copy
    would take the place of something that is no earlier copy.
    """
    if not database.exists():
        raise BackupFailed(f"không có cơ sở dữ liệu {database}")
    _ensure_nothing_lost(database, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".part")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(fresh)) as copy,
        ):
            source.execute("PRAGMA busy_timeout=10000")
            # One read transaction: the copy is one moment's state, and is not begun anew whenever somebody writes.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM alembic_version").fetchone()
            source.backup(copy, pages=PAGES)
            copy.execute("PRAGMA journal_mode=DELETE")
            _ensure_whole(copy)
    except sqlite3.Error as fault:
        fresh.unlink(missing_ok=True)
        raise BackupFailed(f"không sao lưu được: {fault}") from fault
    except BackupFailed:
        fresh.unlink(missing_ok=True)
        raise
    sync(fresh)
    fresh.replace(target)
    sync(target.parent)
    return target.stat().st_size


def check_backup(copy: Path, keys: MasterKeys, files: FileStore, legal: Legal | None = None) -> list[Fault]:
    """What is wrong with a copy: it is opened on a scratch copy of its own, so that it stays as it was.

    Raises BackupFailed when it is no database, KeyFault when `keys` do not open it.
    """
    scratch = copy.with_name(copy.name + ".check")
    try:
        back_up(copy, scratch)
        store = Store.open(f"sqlite:///{scratch}", keys)
        try:
            return verify(store, files, legal)
        finally:
            store.close()
    finally:
        for rest in ("", "-wal", "-shm"):
            scratch.with_name(scratch.name + rest).unlink(missing_ok=True)


def _ensure_nothing_lost(database: Path, target: Path) -> None:
    """Whoever takes the argument for what is to be copied would put an old state under the running service."""
    if target.is_dir():
        raise BackupFailed(f"{target} là một thư mục; cần tên tệp của bản sao")
    if not target.exists():
        return
    if target.samefile(database) or target.with_name(target.name + "-wal").exists():
        raise BackupFailed(f"{target} là cơ sở dữ liệu đang dùng, không phải chỗ cho bản sao; cần tên một tệp khác")
    with target.open("rb") as file:
        begins = file.read(len(HEAD))
    if begins not in (b"", HEAD):
        raise BackupFailed(f"{target} đã có và không phải bản sao lưu nên không bị ghi đè; cần tên một tệp khác")


def _ensure_whole(copy: sqlite3.Connection) -> None:
    told = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if told != "ok":
        raise BackupFailed(f"bản sao hỏng: {told}")
