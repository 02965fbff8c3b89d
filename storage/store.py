"""The store: hands a piece of work a transaction, and answers only after COMMIT."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from storage.engines import POOL, DatabaseFault, WriteRefused, is_passing, open_engines, why_refused, why_unreadable
from storage.failpoints import reach
from storage.migrations import NewerDatabase, migrate, start_alone
from storage.rotation import rewrap
from storage.sealed import KeyFault, MasterKeys
from storage.transaction import Transaction
from storage.vault import Vault

T = TypeVar("T")
Work = Callable[[Transaction], T]
Make = Callable[[], Work[T]]
"""What can be done of a work before its transaction, such as reading a text; returns the rest."""

GROUP = 64
"""Works that may share one commit."""
REWRAPPED = 500
"""Keys wrapped anew in one transaction."""
REFUSED_SECONDS = 10.0
"""So long after a refused write or read the database counts as refusing."""
RETRIES = 5
FIRST_PAUSE_SECONDS = 0.02
"""Before the second run after a conflict; doubles with each further one."""


class Closed(Exception):
    """The store was closed; the work did not run."""


@dataclass(slots=True)
class _Queued:
    make: Make[Any]
    work: Work[Any] = field(init=False)
    seed: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    future: Future[Any] = field(default_factory=Future)

    def try_make(self) -> bool:
        """Makes the work and says whether it could; when not, its caller is told."""
        try:
            self.work = self.make()
        except BaseException as fault:
            self.future.set_exception(fault)
            return False
        return True


class Store:
    """One database. SQLite: one writer thread, readers beside it. PostgreSQL: a pool of connections."""

    def __init__(self, engine: Engine, readers: Engine, keys: MasterKeys, doubled: bool) -> None:
        self._engine = engine
        self._readers = readers
        self._keys = keys
        self.doubled = doubled
        """Test mode: every work runs, is rolled back, and runs again."""
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._refused_at = -REFUSED_SECONDS
        self._closed = False
        self._queue: queue.SimpleQueue[_Queued | None] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(POOL, thread_name_prefix="store")
        self._writer = threading.Thread(target=self._write_queued, name="store-writer", daemon=True)
        if self.is_sqlite:
            self._writer.start()

    @classmethod
    def open(cls, url: str, keys: MasterKeys, doubled: bool = False) -> Store:
        """Opens, migrating to the newest version. `doubled` (for tests) runs every work twice.

        `url` is "sqlite:///path" or "postgresql+psycopg://…". Raises NewerDatabase when a newer version of this
        project made it, KeyFault when another master key sealed it, DatabaseFault when it cannot be opened.
        """
        engine, readers = open_engines(url)
        try:
            migrate(engine)
            with engine.begin() as connection:
                start_alone(connection)
                Vault(connection, keys).check()
                reach("vault.before_commit")
            reach("vault.after_commit")
        except BaseException as fault:
            engine.dispose()
            readers.dispose()
            if isinstance(fault, KeyFault):
                keys.withdraw()
            if isinstance(fault, DBAPIError):
                raise DatabaseFault(why_refused(fault) or str(fault.orig)) from fault
            raise
        return cls(engine, readers, keys, doubled)

    async def write(self, work: Work[T]) -> T:
        """Runs a work in a transaction; resolves after COMMIT. Raises WriteRefused while none is taken."""
        return await asyncio.wrap_future(self._submit(work))

    async def write_made(self, make: Make[T]) -> T:
        """The same for a work that is made first, neither on the event loop nor within any transaction.

        SQLite's writer makes those of a group one after the other: a processor that goes on with the same is faster.
        """
        return await asyncio.wrap_future(self._submit_made(make))

    def write_now(self, work: Work[T]) -> T:
        """The same, for callers without an event loop."""
        return self._submit(work).result()

    async def read(self, work: Work[T]) -> T:
        """Runs a work that only reads, on one unchanging view of the database."""
        return await asyncio.wrap_future(self._threads.submit(self.read_now, work))

    def read_now(self, work: Work[T]) -> T:
        """The same, for callers without an event loop. Raises DatabaseFault while nothing can be read."""
        try:
            with self._readers.connect() as connection, connection.begin():
                return work(Transaction(connection, self._keys, b"read"))
        except OperationalError as fault:
            if why := why_unreadable(fault):
                self._refused_at = time.monotonic()
                raise DatabaseFault(why) from fault
            raise

    def rehearse_now(self, work: Work[T]) -> T:
        """Runs a work and takes everything back."""

        def rehearsed(tx: Transaction) -> T:
            result = work(tx)
            tx.write()
            raise _TakenBack(result)

        try:
            return self.write_now(rehearsed)
        except _TakenBack as taken_back:
            return taken_back.result  # type: ignore[return-value]  # what `work` gave back

    def rewrap(self, keys: MasterKeys | None = None) -> int:
        """Goes on with `keys`, and wraps every person's key with the newest of them; returns how many it wrapped.

        `keys` must still hold the older ones; afterwards nothing needs those (`MasterKeys.only_newest`). Works in
        batches beside the running service, and may be interrupted and run again.
        """
        self._keys = fresh = keys or self._keys
        total = 0
        while (count := self.write_now(lambda tx: rewrap(tx.connection, fresh, REWRAPPED))) > 0:
            total += count
        return total

    def check_integrity(self) -> str:
        """SQLite's own check of the file: "ok", or what is wrong. Always "ok" elsewhere."""
        if not self.is_sqlite:
            return "ok"
        return self.read_now(lambda tx: str(tx.connection.execute(text("PRAGMA integrity_check(5)")).scalar_one()))

    @property
    def is_refusing(self) -> bool:
        """Whether the database has just refused to be written or read: a full disk takes writes that change nothing."""
        return time.monotonic() - self._refused_at < REFUSED_SECONDS

    def connect(self) -> Connection:
        """A raw connection that may write, for tests and tools."""
        return self._engine.connect()

    def close(self) -> None:
        """Finishes what was submitted, then closes."""
        if self._closed:
            return
        self._closed = True
        if self.is_sqlite:
            self._queue.put(None)
            self._writer.join()
        self._threads.shutdown()
        self._engine.dispose()
        self._readers.dispose()

    def _submit(self, work: Work[T]) -> Future[T]:
        return self._submit_made(lambda: work)

    def _submit_made(self, make: Make[T]) -> Future[T]:
        if self._closed:
            raise Closed
        queued = _Queued(make)
        if self.is_sqlite:
            self._queue.put(queued)
            return queued.future
        return self._threads.submit(lambda: self._run_with_retries(make(), queued.seed))

    def _run_with_retries(self, work: Work[T], seed: bytes, connection: Connection | None = None) -> T:
        for attempt in range(RETRIES):
            try:
                if connection is not None:
                    return self._run(connection, work, seed)
                with self._engine.connect() as pooled:
                    return self._run(pooled, work, seed)
            except _Uncertain as uncertain:
                raise uncertain.fault from None
            except Exception as fault:
                if attempt == RETRIES - 1 or not is_passing(fault):
                    if isinstance(fault, OperationalError):
                        self._refused_at = time.monotonic()
                        if why := why_refused(fault):
                            raise WriteRefused(why) from fault
                    raise
                pause = FIRST_PAUSE_SECONDS * 2**attempt
                time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads rivals, no secret
        raise AssertionError("unreachable")

    def _run(self, connection: Connection, work: Work[T], seed: bytes) -> T:
        reach("store.before_begin")
        if self.doubled:
            with _freed(connection), connection.begin() as rehearsal:
                self._done(work, connection, seed)
                rehearsal.rollback()
        with _freed(connection), connection.begin() as transaction:
            result = self._done(work, connection, seed)
            reach("store.before_commit")
            _commit(transaction, self.is_sqlite)
        reach("store.after_commit")
        return result

    def _done(self, work: Work[T], connection: Connection, seed: bytes) -> T:
        tx = Transaction(connection, self._keys, seed)
        result = work(tx)
        tx.write()
        return result

    def _write_queued(self) -> None:
        """The writer thread: takes what waits, up to a group, into one commit."""
        with self._engine.connect() as connection:
            while (first := self._queue.get()) is not None:
                group = [first]
                is_last = False
                while len(group) < GROUP and not self._queue.empty() and not is_last:
                    following = self._queue.get()
                    is_last = following is None
                    if following is not None:
                        group.append(following)
                # Whoever no longer waits is left out; who is let in cannot leave any more.
                let_in = [q for q in group if q.future.set_running_or_notify_cancel()]
                self._write_group(connection, [q for q in let_in if q.try_make()])
                if is_last:
                    return

    def _write_group(self, connection: Connection, group: list[_Queued]) -> None:
        """One commit for the group; when one of its works fails, each runs again by itself (works may run twice)."""
        if len(group) > 1 and not self.doubled and self._write_together(connection, group):
            return
        for queued in group:
            try:
                result = self._run_with_retries(queued.work, queued.seed, connection)
            except BaseException as fault:
                queued.future.set_exception(fault)
            else:
                queued.future.set_result(result)

    def _write_together(self, connection: Connection, group: list[_Queued]) -> bool:
        """False when nothing of it was committed."""
        reach("store.before_begin")
        try:
            with _freed(connection), connection.begin():
                results = [self._done(q.work, connection, q.seed) for q in group]
                reach("store.before_commit")
        except Exception:
            return False
        reach("store.after_commit")
        for queued, result in zip(group, results, strict=True):
            queued.future.set_result(result)
        return True


class _TakenBack(Exception):
    def __init__(self, result: object) -> None:
        super().__init__()
        self.result = result


class _Uncertain(Exception):
    """The connection went away during COMMIT: perhaps it happened, so the work must not simply run again."""

    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault = fault


@contextlib.contextmanager
def _freed(connection: Connection) -> Iterator[None]:
    """Leaves the connection free for the next transaction, even when COMMIT itself fails as on a full disk.

    SQLAlchemy takes such a transaction for over and yet keeps it, and SQLite may still be in the middle of it.
    """
    try:
        yield
    except BaseException:
        if connection.get_transaction() is not None:
            connection.invalidate()
            connection.rollback()
        raise


def _commit(transaction: Any, is_sqlite: bool) -> None:
    try:
        transaction.commit()
    except Exception as fault:
        if is_sqlite or getattr(getattr(fault, "orig", None), "sqlstate", None) is not None:
            raise
        raise _Uncertain(fault) from fault


__all__ = ["Closed", "DatabaseFault", "NewerDatabase", "Store", "Transaction", "WriteRefused"]
