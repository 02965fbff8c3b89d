"""The store: hands a piece of work a transaction, and answers only after COMMIT."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import queue
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage.attachments import Files
from storage.cases import Cases, Lost
from storage.codes import make_code
from storage.conversations import Inputs, Rates, Sessions, Updates
from storage.events import Events
from storage.failpoints import reach
from storage.ledgers import Audit, Bans, Configs, Consents, Links, Meta, Presses, Requests, Tokens
from storage.migrations import NewerDatabase, migrate
from storage.outbox import Outbox
from storage.people import Chats, Citizens, Invitations, Officers
from storage.ratings import Ratings
from storage.records import CaseCode
from storage.remarks import Difficulties, Examples, Followers, Notes, Promises, Questions
from storage.sealed import MasterKeys
from storage.vault import Vault

T = TypeVar("T")
Work = Callable[["Transaction"], T]

GROUP = 64
"""Works that may share one commit."""
RETRIES = 5
POOL = 8
BUSY_MS = 10_000


class Transaction:
    """Everything that one piece of work may touch. Ids and codes are the same when it runs again."""

    def __init__(self, connection: Connection, keys: MasterKeys, seed: bytes) -> None:
        self._connection = connection
        self._vault = Vault(connection, keys)
        self._seed = seed
        self._drawn = 0

    def new_id(self) -> str:
        """128 bits as 32 hexadecimal digits."""
        return self._draw().hex()[:32]

    def new_code(self) -> CaseCode:
        """A case code that no case has."""
        while True:
            code = make_code(self._draw())
            if self.cases.by_code(code) is None:
                return code

    def _draw(self) -> bytes:
        self._drawn += 1
        return hashlib.blake2b(self._drawn.to_bytes(4, "big"), key=self._seed, digest_size=16).digest()

    @cached_property
    def cases(self) -> Cases:
        return Cases(self._connection, self._vault)

    @cached_property
    def events(self) -> Events:
        return Events(self._connection, self._vault)

    @cached_property
    def citizens(self) -> Citizens:
        return Citizens(self._connection, self._vault)

    @cached_property
    def officers(self) -> Officers:
        return Officers(self._connection, self._vault)

    @cached_property
    def invitations(self) -> Invitations:
        return Invitations(self._connection, self._vault)

    @cached_property
    def chats(self) -> Chats:
        return Chats(self._connection, self._vault)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self._connection, self._vault)

    @cached_property
    def inputs(self) -> Inputs:
        return Inputs(self._connection, self._vault)

    @cached_property
    def rates(self) -> Rates:
        return Rates(self._connection, self._vault)

    @cached_property
    def updates(self) -> Updates:
        return Updates(self._connection, self._vault)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self._connection, self._vault)

    @cached_property
    def files(self) -> Files:
        return Files(self._connection, self._vault)

    @cached_property
    def ratings(self) -> Ratings:
        return Ratings(self._connection, self._vault)

    @cached_property
    def questions(self) -> Questions:
        return Questions(self._connection, self._vault)

    @cached_property
    def promises(self) -> Promises:
        return Promises(self._connection, self._vault)

    @cached_property
    def difficulties(self) -> Difficulties:
        return Difficulties(self._connection, self._vault)

    @cached_property
    def notes(self) -> Notes:
        return Notes(self._connection, self._vault)

    @cached_property
    def followers(self) -> Followers:
        return Followers(self._connection, self._vault)

    @cached_property
    def examples(self) -> Examples:
        return Examples(self._connection, self._vault)

    @cached_property
    def consents(self) -> Consents:
        return Consents(self._connection, self._vault)

    @cached_property
    def bans(self) -> Bans:
        return Bans(self._connection, self._vault)

    @cached_property
    def requests(self) -> Requests:
        return Requests(self._connection, self._vault)

    @cached_property
    def configs(self) -> Configs:
        return Configs(self._connection, self._vault)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self._connection, self._vault)

    @cached_property
    def presses(self) -> Presses:
        return Presses(self._connection, self._vault)

    @cached_property
    def links(self) -> Links:
        return Links(self._connection, self._vault)

    @cached_property
    def meta(self) -> Meta:
        return Meta(self._connection, self._vault)

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self._connection, self._vault)


class Store:
    """One database. SQLite: one writer thread, readers beside it. PostgreSQL: a pool of connections."""

    def __init__(self, engine: Engine, readers: Engine, keys: MasterKeys, doubled: bool) -> None:
        self._engine = engine
        self._readers = readers
        self._keys = keys
        self.doubled = doubled
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._queue: queue.SimpleQueue[tuple[Work[Any], bytes, Future[Any]] | None] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(POOL, thread_name_prefix="store")
        self._writer = threading.Thread(target=self._write_queued, name="store-writer", daemon=True)
        if self._is_sqlite:
            self._writer.start()

    @classmethod
    def open(cls, url: str, keys: MasterKeys, doubled: bool = False) -> Store:
        """Opens, migrating to the newest version. `doubled` (for tests) runs every work twice.

        Raises NewerDatabase when a newer version of this project made it.
        """
        engine, readers = _engines(url)
        migrate(engine)
        return cls(engine, readers, keys, doubled)

    async def write(self, work: Work[T]) -> T:
        """Runs a work in a transaction; resolves after COMMIT."""
        return await asyncio.wrap_future(self._submit(work))

    def write_now(self, work: Work[T]) -> T:
        """The same, for callers without an event loop."""
        return self._submit(work).result()

    async def read(self, work: Work[T]) -> T:
        """Runs a work that only reads."""
        return await asyncio.wrap_future(self._threads.submit(self.read_now, work))

    def read_now(self, work: Work[T]) -> T:
        with self._readers.connect() as connection, connection.begin():
            return work(Transaction(connection, self._keys, b"read"))

    def rehearse_now(self, work: Work[T]) -> T:
        """Runs a work and takes everything back."""

        results: list[T] = []

        def rehearsed(tx: Transaction) -> None:
            results.append(work(tx))
            raise _TakenBack

        with contextlib.suppress(_TakenBack):
            self.write_now(rehearsed)
        return results[-1]

    def rewrap(self) -> int:
        """Wraps every person's key with the newest master key; returns how many were wrapped anew."""
        from storage.rotation import rewrap

        return self.write_now(lambda tx: rewrap(tx._connection, self._keys))

    def check_integrity(self) -> str:
        """SQLite's own check of the file: "ok", or what is wrong. Always "ok" elsewhere."""
        if not self._is_sqlite:
            return "ok"
        with self._readers.connect() as connection:
            return str(connection.execute(text("PRAGMA integrity_check")).scalar_one())

    def connect(self) -> Connection:
        """A raw connection, for verification and tests."""
        return self._engine.connect()

    def close(self) -> None:
        """Finishes what was submitted, then closes."""
        if self._is_sqlite and self._writer.is_alive():
            self._queue.put(None)
            self._writer.join()
        self._threads.shutdown()
        self._engine.dispose()
        self._readers.dispose()

    def _submit(self, work: Work[T]) -> Future[T]:
        seed = secrets.token_bytes(16)
        if not self._is_sqlite:
            return self._threads.submit(self._run_with_retries, work, seed)
        future: Future[T] = Future()
        self._queue.put((work, seed, future))
        return future

    def _run_with_retries(self, work: Work[T], seed: bytes) -> T:
        for attempt in range(RETRIES):
            try:
                with self._engine.connect() as connection:
                    return self._run(connection, work, seed)
            except (DBAPIError, Lost) as fault:
                if attempt == RETRIES - 1 or not _is_passing(fault):
                    raise
        raise AssertionError("unreachable")

    def _run(self, connection: Connection, work: Work[T], seed: bytes) -> T:
        reach("store.before_begin")
        if self.doubled:
            with connection.begin() as rehearsal:
                work(Transaction(connection, self._keys, seed))
                rehearsal.rollback()
        with connection.begin():
            result = work(Transaction(connection, self._keys, seed))
            reach("store.before_commit")
        reach("store.after_commit")
        return result

    def _write_queued(self) -> None:
        """The writer thread: takes what waits, up to a group, into one commit."""
        with self._engine.connect() as connection:
            while True:
                first = self._queue.get()
                if first is None:
                    return
                group = [first]
                is_last = False
                while len(group) < GROUP and not self._queue.empty():
                    following = self._queue.get()
                    if following is None:
                        is_last = True
                        break
                    group.append(following)
                self._write_group(connection, group)
                if is_last:
                    return

    def _write_group(self, connection: Connection, group: list[tuple[Work[Any], bytes, Future[Any]]]) -> None:
        """One commit for the group; when one of its works fails, each runs again by itself (works may run twice)."""
        if len(group) > 1 and not self.doubled:
            try:
                with connection.begin():
                    results = [work(Transaction(connection, self._keys, seed)) for work, seed, _ in group]
                    reach("store.before_commit")
                reach("store.after_commit")
            except Exception:  # noqa: S110 - each work runs again below, and tells its own caller
                pass
            else:
                for (_, _, future), result in zip(group, results, strict=True):
                    future.set_result(result)
                return
        for work, seed, future in group:
            try:
                result = self._run(connection, work, seed)
            except BaseException as fault:
                future.set_exception(fault)
            else:
                future.set_result(result)


class _TakenBack(Exception):
    """Makes a rehearsal's transaction roll back."""


def _is_passing(fault: Exception) -> bool:
    """Faults that a second run mends: serialization, deadlock, a row that somebody else inserted first."""
    if isinstance(fault, Lost | IntegrityError):
        return True
    return getattr(getattr(fault, "orig", None), "sqlstate", "") in ("40001", "40P01")


def _engines(url: str) -> tuple[Engine, Engine]:
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_size=POOL, max_overflow=0, pool_pre_ping=True)
        return engine, engine
    if url in ("sqlite://", "sqlite:///:memory:"):
        raise ValueError("a database in memory forgets everything: name a file")
    writer = create_engine(url, connect_args={"check_same_thread": False})
    readers = create_engine(url, connect_args={"check_same_thread": False}, pool_size=POOL)
    event.listen(writer, "connect", _prepare_writer)
    event.listen(writer, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    event.listen(readers, "connect", _prepare_reader)
    event.listen(readers, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return writer, readers


def _prepare_writer(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MS}", "wal_autocheckpoint=1000"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_reader(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (f"busy_timeout={BUSY_MS}", "query_only=1"):
        connection.execute(f"PRAGMA {pragma}")


__all__ = ["NewerDatabase", "Store", "Transaction"]
