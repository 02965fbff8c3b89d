"""Kill -9 while a service starts: the next start goes on, with one key, one schema, and all that was there before."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from storage import migrations
from storage.failpoints import NAMES
from storage.sealed import MasterKeys
from storage.store import NewerDatabase, Store
from storage.tables import metadata
from tests import postgres
from tests.crash.conftest import Nursery
from tests.storage.builders import filed

ROOT = Path(__file__).parent.parent.parent
Start = Callable[..., int]
PREFIXES = ("key.", "migration.", "vault.")
HERE = sorted(name for name in NAMES if name.startswith(PREFIXES))
NEXT = '''"""A later step, as the next version might bring it: a table, a column, a change of what is there."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v9002", "{before}"


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("cases", sa.Column("later", sa.Integer))
    op.execute("UPDATE cases SET later = seq")
    op.create_index("later_cases", "cases", ["later"])
'''


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which nobody has been yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new.db"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = server.database()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def start(nursery: Nursery) -> Start:
    """A start in a process of its own; returns its exit code (negative: killed by that signal)."""

    def run(url: str, folder: Path, failpoint: str = "", statements: int = 0, scripts: str = "") -> int:
        return nursery.run("open_driver", url, folder, statements, scripts, failpoint=failpoint)

    return run


def ensure_whole(url: str, keys: MasterKeys) -> None:
    """The schema is the one that the tables describe, and everything that is sealed can be read."""
    store = Store.open(url, keys)
    try:
        with store.connect() as connection:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, metadata) == []
        filed(store)
        assert store.read_now(lambda tx: len(tx.cases.all())) == 1
        assert store.check_integrity() == "ok"
    finally:
        store.close()


@pytest.mark.parametrize("failpoint", HERE)
def test_a_first_start_that_was_killed_is_gone_on_with(
    failpoint: str, bare_url: str, tmp_path: Path, start: Start
) -> None:
    assert start(bare_url, tmp_path, failpoint) == -signal.SIGKILL, "the failpoint was never reached"
    assert start(bare_url, tmp_path) == 0
    ensure_whole(bare_url, MasterKeys.load(tmp_path / "master.key"))


@pytest.mark.parametrize("statements", [3, 20, 60])
def test_a_migration_killed_half_way_leaves_nothing_and_runs_again(
    statements: int, bare_url: str, tmp_path: Path, start: Start
) -> None:
    assert start(bare_url, tmp_path, statements=statements) == -signal.SIGKILL
    engine = migrations_engine(bare_url)
    with engine.connect() as connection:
        names = connection.dialect.get_table_names(connection)
    engine.dispose()
    assert names == []
    ensure_whole(bare_url, MasterKeys.load(tmp_path / "master.key"))


def migrations_engine(url: str):
    from storage.engines import open_engines

    return open_engines(url)[0]


@pytest.mark.parametrize("failpoint", ["migration.after_step", "migration.before_commit", "migration.after_commit"])
def test_an_upgrade_that_was_killed_keeps_every_case(
    failpoint: str, bare_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Start
) -> None:
    """Before its commit the database is still of the old version and serves it; after it, the old one is refused."""
    keys = MasterKeys.load(tmp_path / "master.key")
    store = Store.open(bare_url, keys)
    filed(store)
    store.close()
    scripts = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    before = migrations.head()
    (scripts / "versions" / "v9002_later.py").write_text(NEXT.format(before=before), encoding="utf-8")
    assert start(bare_url, tmp_path, failpoint, scripts=str(scripts)) == -signal.SIGKILL
    if failpoint == "migration.after_commit":
        with pytest.raises(NewerDatabase, match="v9002"):
            Store.open(bare_url, keys)
    else:
        old = Store.open(bare_url, keys)
        assert old.read_now(lambda tx: len(tx.cases.all())) == 1
        old.close()
    assert start(bare_url, tmp_path, scripts=str(scripts)) == 0
    monkeypatch.setattr(migrations, "FOLDER", scripts)
    new = Store.open(bare_url, keys)
    with new.connect() as connection:
        assert connection.execute(text("SELECT later FROM cases")).scalars().all() == [1]
    new.close()


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    """Whoever sealed with a key that another then overwrote could never be read again."""
    path = tmp_path / "var" / "master.key"
    with ThreadPoolExecutor(16) as threads:
        made = list(threads.map(lambda _: MasterKeys.load(path).newest, range(64)))
    assert len(set(made)) == 1
    assert [p.name for p in path.parent.iterdir()] == ["master.key"]


def test_every_failpoint_of_a_start_is_killed_at_here() -> None:
    assert {name.split(".")[0] for name in HERE} == {prefix.rstrip(".") for prefix in PREFIXES}
