"""The store: a work happens wholly or not at all, once, and its caller hears the truth."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from storage.migrations import NewerDatabase
from storage.sealed import KeyFault, MasterKeys
from storage.shelf import Lost
from storage.store import Closed, DatabaseFault, Store, Transaction, Work, WriteRefused
from tests import postgres
from tests.storage.builders import NOW, a_case, a_citizen, filed
from tests.waiting import PATIENCE_SECONDS, until


def test_what_was_written_is_read(store: Store) -> None:
    store.write_now(lambda tx: tx.meta.set("demo", "yes"))
    assert store.read_now(lambda tx: tx.meta.get("demo")) == "yes"


def test_a_failed_work_leaves_nothing(store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.citizens.add(a_citizen())
        raise RuntimeError("later")

    with pytest.raises(RuntimeError, match="later"):
        store.write_now(work)
    assert store.read_now(lambda tx: tx.citizens.count()) == 0


def test_the_test_store_runs_every_work_twice_and_keeps_one(store: Store) -> None:
    runs = []

    def work(tx: Transaction) -> str:
        runs.append(tx.new_id())
        tx.citizens.add(a_citizen())
        return runs[-1]

    assert store.write_now(work) == runs[0] == runs[1]
    assert store.read_now(lambda tx: tx.citizens.count()) == 1


def test_ids_and_codes_differ_within_a_work_and_between_works(store: Store) -> None:
    drawn = [store.write_now(lambda tx: (tx.new_id(), tx.new_id(), tx.new_code())) for _ in range(3)]
    every = [part for three in drawn for part in three]
    assert len(set(every)) == 9
    assert all(len(i) == 32 for three in drawn for i in three[:2])


def test_reading_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError):
        store.read_now(lambda tx: tx.meta.set("demo", "yes"))


def test_a_rehearsal_tells_and_keeps_nothing(store: Store) -> None:
    def work(tx: Transaction) -> int:
        tx.citizens.add(a_citizen())
        return tx.citizens.count()

    assert store.rehearse_now(work) == 1
    assert store.read_now(lambda tx: tx.citizens.count()) == 0


async def test_write_resolves_after_commit_and_read_sees_it(single_store: Store) -> None:
    await single_store.write(lambda tx: tx.meta.set("a", "1"))
    assert await single_store.read(lambda tx: tx.meta.get("a")) == "1"


async def test_one_failing_work_does_not_take_its_neighbours_down(single_store: Store) -> None:
    def work(number: int) -> str:
        def inside(tx: Transaction) -> str:
            tx.meta.set(f"k{number}", "x")
            if number % 5 == 0:
                raise RuntimeError(str(number))
            return f"k{number}"

        return inside

    outcomes = await asyncio.gather(*(single_store.write(work(n)) for n in range(40)), return_exceptions=True)
    for number, outcome in enumerate(outcomes):
        kept = single_store.read_now(lambda tx, n=number: tx.meta.get(f"k{n}"))
        if number % 5 == 0:
            assert isinstance(outcome, RuntimeError)
            assert kept is None
        else:
            assert (outcome, kept) == (f"k{number}", "x")


async def test_a_work_is_made_once_on_another_thread_and_before_its_transaction(single_store: Store) -> None:
    made_on = []

    def make() -> Work[str | None]:
        made_on.append(threading.current_thread())
        with single_store.connect() as another, another.begin():
            another.execute(text("UPDATE meta SET value = '2' WHERE key = 'a'"))
        return lambda tx: tx.meta.get("a")

    await single_store.write(lambda tx: tx.meta.set("a", "1"))
    assert await single_store.write_made(make) == "2"
    assert len(made_on) == 1
    assert made_on[0] is not threading.current_thread()


async def test_a_work_that_cannot_be_made_does_not_take_its_neighbours_down(single_store: Store) -> None:
    def make(number: int) -> Work[None]:
        if number % 5 == 0:
            raise RuntimeError(str(number))
        return lambda tx: tx.meta.set(f"k{number}", "x")

    outcomes = await asyncio.gather(
        *(single_store.write_made(partial(make, n)) for n in range(20)), return_exceptions=True
    )
    for number, outcome in enumerate(outcomes):
        kept = single_store.read_now(lambda tx, n=number: tx.meta.get(f"k{n}"))
        assert (isinstance(outcome, RuntimeError), kept) == ((True, None) if number % 5 == 0 else (False, "x"))


async def test_who_stops_waiting_does_not_stop_the_writer(single_store: Store) -> None:
    begun, held = threading.Event(), threading.Event()

    def hold(_tx: Transaction) -> None:
        begun.set()
        assert held.wait(PATIENCE_SECONDS)

    first = asyncio.ensure_future(single_store.write(hold))
    await until(begun.is_set)
    given_up = asyncio.ensure_future(single_store.write(lambda tx: tx.meta.set("given up", "x")))
    await asyncio.sleep(0)
    first.cancel()
    given_up.cancel()
    held.set()
    await asyncio.wait_for(single_store.write(lambda tx: tx.meta.set("later", "x")), 5)
    assert single_store.read_now(lambda tx: tx.meta.get("later")) == "x"


async def test_many_writers_lose_nothing(single_store: Store) -> None:
    def work(tx: Transaction) -> int:
        return tx.rates.hit("p", "message", NOW, 60)

    counts = await asyncio.gather(*(single_store.write(work) for _ in range(50)))
    assert sorted(counts) == list(range(1, 51))


def test_closing_finishes_what_was_submitted_and_takes_no_more(database_url: str, keys: MasterKeys) -> None:
    store = Store.open(database_url, keys)
    futures = [store._submit(lambda tx, n=n: tx.meta.set(f"k{n}", "x")) for n in range(20)]
    store.close()
    assert all(f.done() and f.exception() is None for f in futures)
    with pytest.raises(Closed):
        store.write_now(lambda tx: None)
    store.close()


def test_a_case_saved_from_an_old_reading_is_refused(single_store: Store) -> None:
    case = filed(single_store)
    single_store.write_now(lambda tx: tx.cases.save(replace(case, seq=2)))
    single_store.write_now(lambda tx: tx.cases.save(replace(case, seq=3)))
    with pytest.raises(Lost):
        single_store.write_now(lambda tx: tx.cases.save(replace(case, ladder=1)))


def test_a_database_of_a_newer_version_is_refused(database_url: str, keys: MasterKeys) -> None:
    store = Store.open(database_url, keys)
    with store.connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(NewerDatabase, match="9999"):
        Store.open(database_url, keys)


def test_another_master_key_is_refused_at_once(database_url: str, keys: MasterKeys, tmp_path) -> None:
    Store.open(database_url, keys).close()
    with pytest.raises(KeyFault):
        Store.open(database_url, MasterKeys.load(tmp_path / "other.key"))


def test_where_the_master_key_is_lost_no_new_one_takes_its_place(
    database_url: str, keys: MasterKeys, tmp_path: Path
) -> None:
    Store.open(database_url, keys).close()
    lost, known = tmp_path / "lost.key", tmp_path / "other.key"
    MasterKeys.load(known)
    for path in (lost, known):
        with pytest.raises(KeyFault):
            Store.open(database_url, MasterKeys.load(path))
    assert not lost.exists()
    assert known.exists(), "a key that somebody had is not ours to take away"


def test_a_database_in_memory_is_refused(keys: MasterKeys) -> None:
    with pytest.raises(DatabaseFault, match="memory"):
        Store.open("sqlite://", keys)


@pytest.mark.parametrize("url", ["", "phananh.db", "mysql://root@host/x", "sqlite", "://"])
def test_an_address_of_no_known_database_is_refused_in_words(url: str, keys: MasterKeys) -> None:
    with pytest.raises(DatabaseFault, match="sqlite:///"):
        Store.open(url, keys)


def test_a_server_that_is_not_there_and_a_file_that_is_none_are_told_in_words(keys: MasterKeys, tmp_path) -> None:
    for scheme in ("postgresql+psycopg", "postgresql", "postgres"):
        with pytest.raises(DatabaseFault, match="connection"):
            Store.open(f"{scheme}://nobody@127.0.0.1:1/x", keys)
    (tmp_path / "letter.db").write_text("Kính gửi Uỷ ban, " * 99)
    with pytest.raises(DatabaseFault, match="không phải cơ sở dữ liệu"):
        Store.open(f"sqlite:///{tmp_path}/letter.db", keys)
    with pytest.raises(DatabaseFault, match="không mở được tệp"):
        Store.open(f"sqlite:///{tmp_path}", keys)


async def test_a_disk_that_was_full_is_written_to_again(
    sqlite_template: Path, keys: MasterKeys, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "test.db")
    with contextlib.closing(Store.open(f"sqlite:///{tmp_path}/test.db", keys)) as store:
        await store.write(lambda tx: tx.meta.set("a", "before"))
        with no_room():
            each = [store.write(lambda tx: tx.meta.set("a", "lost")) for _ in range(20)]
            lost = await asyncio.gather(*each, return_exceptions=True)
            assert all(isinstance(fault, WriteRefused) for fault in lost)
            assert store.is_refusing
        assert await store.read(lambda tx: tx.meta.get("a")) == "before"
        await store.write(lambda tx: tx.meta.set("a", "after"))
        assert await store.read(lambda tx: tx.meta.get("a")) == "after"


def test_a_read_that_the_database_refuses_is_told_in_words(keys: MasterKeys, tmp_path: Path) -> None:
    database = tmp_path / "test.db"
    with contextlib.closing(Store.open(f"sqlite:///{database}", keys)) as store:
        assert not store.is_refusing
        away = database.rename(tmp_path / "away.db")
        database.mkdir()
        with pytest.raises(DatabaseFault, match="không mở được tệp"):
            store.read_now(lambda tx: tx.meta.get("a"))
        assert store.is_refusing
        database.rmdir()
        away.rename(database)
        assert store.read_now(lambda tx: tx.meta.get("a")) is None
        with pytest.raises(OperationalError, match="no such table"):
            store.read_now(lambda tx: tx.connection.exec_driver_sql("SELECT * FROM nowhere"))


@pytest.mark.postgres
def test_a_server_that_went_away_is_told_in_words_and_found_again(
    postgres_server: postgres.Server, postgres_template: str, keys: MasterKeys
) -> None:
    name = postgres_server.database(postgres_template)
    with contextlib.closing(Store.open(postgres_server.url(name), keys)) as store:
        with psycopg.connect(postgres_server.dsn("postgres"), autocommit=True) as admin:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            with pytest.raises(DatabaseFault, match="not currently accepting connections"):
                store.read_now(lambda tx: tx.meta.get("a"))
            assert store.is_refusing
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        assert store.read_now(lambda tx: tx.meta.get("a")) is None
    postgres_server.drop(name)


@contextlib.contextmanager
def no_room() -> Iterator[None]:
    """While it lasts, no file of this process can be written to, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_busy_file_is_waited_for(database_url: str, keys: MasterKeys) -> None:
    """Another process holds the write lock for a while; the work waits and nothing is lost."""
    if not database_url.startswith("sqlite"):
        pytest.skip("SQLite has one writer; PostgreSQL has rows")
    store, other = Store.open(database_url, keys), Store.open(database_url, keys)
    entered, leave = threading.Event(), threading.Event()

    def hold(tx: Transaction) -> None:
        tx.meta.set("a", "other")
        entered.set()
        leave.wait(5)

    holding = other._submit(hold)
    assert entered.wait(5)
    waiting = store._submit(lambda tx: (tx.meta.get("a"), tx.meta.set("a", "mine"))[0])
    assert not waiting.done()
    leave.set()
    assert waiting.result(10) == "other"
    holding.result(5)
    assert store.read_now(lambda tx: tx.meta.get("a")) == "mine"
    store.close()
    other.close()


@pytest.mark.postgres
def test_rivals_for_one_row_both_take_effect(postgres_server: postgres.Server, postgres_template: str, keys) -> None:
    """Two processes insert the same key at once: the later one runs again and sees the earlier one's row."""
    name = postgres_server.database(postgres_template)
    one, two = (Store.open(postgres_server.url(name), keys) for _ in range(2))
    barrier = threading.Barrier(2, timeout=5)
    seen = []

    def work(tx: Transaction) -> None:
        count = tx.citizens.count()
        seen.append(count)
        if len(seen) <= 2:
            barrier.wait()
        if count == 0:  # not counted anew: the other may have committed by now
            tx.citizens.add(a_citizen())

    futures = [one._submit(work), two._submit(work)]
    for future in futures:
        future.result(20)
    assert len(seen) == 3
    assert one.read_now(lambda tx: tx.citizens.count()) == 1
    one.close()
    two.close()
    postgres_server.drop(name)


@pytest.mark.postgres
def test_connections_cut_by_the_server_are_replaced(postgres_server, postgres_template, keys) -> None:
    name = postgres_server.database(postgres_template)
    store = Store.open(postgres_server.url(name), keys)
    store.write_now(lambda tx: tx.meta.set("a", "1"))
    with psycopg.connect(postgres_server.dsn("postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
    store.write_now(lambda tx: tx.meta.set("a", "2"))
    cut = []

    def cut_once(tx: Transaction) -> str | None:
        if not cut:
            cut.append(True)
            with psycopg.connect(postgres_server.dsn("postgres"), autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        tx.meta.set("b", "1")
        return tx.meta.get("a")

    assert store.write_now(cut_once) == "2"
    assert store.read_now(lambda tx: tx.meta.get("b")) == "1"
    store.close()
    postgres_server.drop(name)


def test_a_case_comes_back_as_it_was(store: Store) -> None:
    from tests.storage.builders import a_full_case

    store.write_now(lambda tx: (tx.citizens.add(a_citizen()), tx.cases.add(a_full_case())))
    assert store.read_now(lambda tx: tx.cases.get(a_case().id)) == a_full_case()
