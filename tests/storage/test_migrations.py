"""The schema comes from migrations alone, and is the one that the tables describe."""

from __future__ import annotations

import threading

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from storage.engines import open_engines
from storage.migrations import _scripts, migrate
from storage.records import CitizenId
from storage.store import Store
from storage.tables import metadata
from tests import postgres
from tests.storage.builders import NOW, filed


def test_migrations_make_what_the_tables_describe(store: Store) -> None:
    with store.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [d for d in compare_metadata(context, metadata) if not _is_noise(d)]
    assert differences == []


def _is_noise(difference: object) -> bool:
    """Column types of our own compare as their implementation."""
    return isinstance(difference, list) and all(step[0] == "modify_type" for step in difference)


def test_partial_indexes_have_their_conditions(store: Store) -> None:
    """Comparing schemas overlooks the WHERE of an index."""
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
        if store.is_sqlite
        else "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    )
    with store.connect() as connection:
        written = dict(tuple(row) for row in connection.execute(text(query)))
    partial = [
        i for t in metadata.tables.values() for i in t.indexes if i.dialect_options["sqlite"]["where"] is not None
    ]
    assert len(partial) > 8
    for index in partial:
        assert " WHERE " in (written[str(index.name)] or ""), index.name


@pytest.mark.parametrize("act", ["UPDATE events SET kind = 'x'", "DELETE FROM events", "UPDATE audit SET what = 'x'"])
def test_history_can_only_be_added_to(store: Store, act: str) -> None:
    filed(store)
    store.write_now(lambda tx: tx.audit.add("officer:1", "refused", NOW, {}))
    with store.connect() as connection, pytest.raises(Exception, match="can only be added to"), connection.begin():
        connection.exec_driver_sql(act)


def test_opening_again_changes_nothing(database_url: str, keys) -> None:
    store = Store.open(database_url, keys)
    filed(store)
    store.close()
    again = Store.open(database_url, keys)
    assert again.read_now(lambda tx: len(tx.cases.all())) == 1
    again.close()


def test_a_migration_cut_off_half_way_leaves_nothing(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps and version number are one transaction: after a fault the next start begins anew."""
    from alembic import op

    made = []
    create = op.create_table

    def fail_at_the_tenth(name: str, *columns: object, **options: object) -> object:
        made.append(name)
        if len(made) == 10:
            raise RuntimeError("power cut")
        return create(name, *columns, **options)

    writer, readers = open_engines(f"sqlite:///{tmp_path}/cut.db")
    with monkeypatch.context() as patched:
        patched.setattr(op, "create_table", fail_at_the_tenth)
        with pytest.raises(RuntimeError, match="power cut"):
            migrate(writer)
    with readers.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one() == 0
    migrate(writer)
    writer.dispose()
    readers.dispose()


def test_a_database_of_the_first_version_is_brought_along(tmp_path, keys) -> None:
    url = f"sqlite:///{tmp_path}/first.db"
    writer, readers = open_engines(url)
    config, _ = _scripts()
    with writer.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO bans (citizen, by, from_at, until_at) VALUES ('c1', 'o1', ?, ?)",
            (0, 4_000_000_000_000_000),  # until 2096
        )
        connection.exec_driver_sql(
            "INSERT INTO citizens (id, created_at, business, language, muted) VALUES ('c1', 0, 1, 'en', '[]')"
        )
    writer.dispose()
    readers.dispose()
    store = Store.open(url, keys)
    (ban,) = store.read_now(lambda tx: tx.bans.standing(NOW, 10))
    assert (ban.by, ban.appealed_at, ban.judged_at, ban.ended_at) == ("o1", None, None, None)
    assert store.read_now(lambda tx: tx.citizens.get(CitizenId("c1"))).language == "en"
    store.close()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_processes_that_start_at_once_migrate_once(kind: str, tmp_path, keys, request) -> None:
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path}/shared.db"
    else:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        url = server.url(server.database())
    faults: list[BaseException] = []

    def start() -> None:
        try:
            Store.open(url, keys).close()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
