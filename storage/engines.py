"""Connections to either database, prepared so that a transaction means the same on both."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError

from storage.shelf import READS_ONLY, Lost

POOL = 8
BUSY_MS = 10_000
WAL_BYTES = 64 * 1024 * 1024
"""To this size the write-ahead log is cut back after a checkpoint."""

CONFLICTS = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATE of serialization failure, deadlock, lock not available: a second run mends them."""


class DatabaseFault(Exception):
    """The database cannot be opened or read: a wrong address, no server, no right, or no database at all."""

    def __init__(self, why: str) -> None:
        super().__init__(f"không mở được cơ sở dữ liệu (DATABASE_URL hoặc --db): {why}")


class WriteRefused(Exception):
    """The database takes nothing for now: no room, a disk that may only be read, a connection that stays away."""

    def __init__(self, why: str) -> None:
        super().__init__(f"không ghi được vào cơ sở dữ liệu: {why}")


def open_engines(url: str) -> tuple[Engine, Engine]:
    """The engine that writes and the one that only reads. Their faults name no values: they end up in logs.

    Raises DatabaseFault for an address of no database that is known here, and for an SQLite database in memory.
    """
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend in ("postgresql", "postgres"):
        url = make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        engine = create_engine(url, pool_size=POOL, max_overflow=0, pool_pre_ping=True, hide_parameters=True)
        snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True, READS_ONLY: True}
        return engine, engine.execution_options(**snapshot)
    if backend != "sqlite":
        raise DatabaseFault("địa chỉ cần dạng sqlite:///đường/dẫn.db hoặc postgresql+psycopg://người@máy/tên")
    if url in ("sqlite://", "sqlite:///:memory:"):
        raise DatabaseFault("cơ sở dữ liệu trong bộ nhớ (memory) sẽ quên tất cả; hãy ghi tên một tệp")
    writer = create_engine(
        url, pool_size=1, max_overflow=4, connect_args={"check_same_thread": False}, hide_parameters=True
    )
    readers = create_engine(url, pool_size=POOL, connect_args={"check_same_thread": False}, hide_parameters=True)
    event.listen(writer, "connect", _prepare_writer)
    _begin_by(writer, "BEGIN IMMEDIATE")
    event.listen(readers, "connect", _prepare_reader)
    _begin_by(readers, "BEGIN")
    return writer, readers.execution_options(**{READS_ONLY: True})


def _begin_by(engine: Engine, statement: str) -> None:
    """How its transactions begin. A listener would do, too, but with one every statement costs a sixth more."""

    def begin(dbapi_connection: Any) -> None:
        dbapi_connection.execute(statement)

    engine.dialect.do_begin = begin  # type: ignore[method-assign]  # the only way that is no event


def _prepare_writer(connection: Any, _record: Any) -> None:
    # The driver's own transactions begin too late and release savepoints wrongly: ours begin by hand.
    connection.isolation_level = None
    pragmas = (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "wal_autocheckpoint=1000",
        f"journal_size_limit={WAL_BYTES}",
    )
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _prepare_reader(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (f"busy_timeout={BUSY_MS}", "query_only=1"):
        connection.execute(f"PRAGMA {pragma}")


_REFUSALS = {
    sqlite3.SQLITE_FULL: "hết chỗ trên đĩa",
    sqlite3.SQLITE_READONLY: "tệp hoặc ổ đĩa chỉ cho đọc",
    sqlite3.SQLITE_IOERR: "ổ đĩa trục trặc, hoặc hết chỗ",
    sqlite3.SQLITE_CANTOPEN: "không mở được tệp (thư mục không có, hoặc không có quyền)",
    sqlite3.SQLITE_BUSY: "chương trình khác đang giữ quá lâu",
    sqlite3.SQLITE_NOTADB: "tệp này không phải cơ sở dữ liệu",
}


def why_refused(fault: DBAPIError) -> str | None:
    """What an operator can mend, in words; None for a fault of ours, such as a table that is not there."""
    if isinstance(fault.orig, sqlite3.Error):
        return _REFUSALS.get(getattr(fault.orig, "sqlite_errorcode", 0) & 0xFF)
    return str(fault.orig) if isinstance(fault, OperationalError) else None


def why_unreadable(fault: DBAPIError) -> str | None:
    """The same of a read. One that wants to write is a fault of ours."""
    is_write = getattr(fault.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY
    return None if is_write else why_refused(fault)


def is_passing(fault: Exception) -> bool:
    """Faults after which nothing was committed and a second run may succeed: conflict, busy file, lost connection."""
    if isinstance(fault, Lost | IntegrityError):
        return True
    if not isinstance(fault, DBAPIError):
        return False
    driver = fault.orig
    if isinstance(driver, sqlite3.OperationalError):
        return getattr(driver, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    is_gone = fault.connection_invalidated or (isinstance(fault, OperationalError) and _is_refused(driver))
    return is_gone or getattr(driver, "sqlstate", None) in CONFLICTS


def _is_refused(driver: Any) -> bool:
    """The server could not be reached, or is starting up or shutting down (class 57P)."""
    state = getattr(driver, "sqlstate", None)
    return state is None or state.startswith("57P")
