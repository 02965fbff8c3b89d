"""What all tests share: a store on each database, already migrated."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.sealed import MasterKeys
from storage.store import Store
from tests import postgres

os.environ.setdefault("HF_HUB_OFFLINE", "1")


LONGEST_FIRST = (
    "crash/test_kill.py",
    "browser/test_web_pages.py",
    "channels/test_telegram_run.py",
    "app/test_terminal.py",
    "conversations/test_transcripts.py",
    "desk/test_configuring.py",
    "nlp/test_model_and_training.py",
    "routing/test_guide.py",
    "channels/test_web_desk.py",
    "crash/test_telegram_kill.py",
    "crash/test_start_kill.py",
    "channels/test_web_crash.py",
    "casework/test_media.py",
    "routing/test_config_edit.py",
    "channels/test_telegram_trouble.py",
    "desk/test_machine.py",
)
"""A file stays with one worker; when a long one comes last, every other worker is idle."""


def pytest_configure() -> None:
    # Five thousand tests, and the modules behind them, are there to stay: not to be looked through again and again
    # while they are collected, nor afterwards.
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tests = Path(__file__).parent
    ranks = {tests / name: rank for rank, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> MasterKeys:
    return MasterKeys.load(tmp_path_factory.mktemp("keys") / "master.key")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A running server; skips where there is none, fails where PHANANH_REQUIRE_POSTGRES=1 demands one."""
    found = postgres.binaries()
    if found is None:
        if postgres.REQUIRED:
            pytest.fail("PostgreSQL is required and not on this machine (Debian: apt-get install postgresql)")
        pytest.skip("no PostgreSQL on this machine (Debian: apt-get install postgresql)")
    server = postgres.Server(found)
    yield server
    server.remove()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, keys: MasterKeys) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.db"
    Store.open(f"sqlite:///{path}", keys).close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server, keys: MasterKeys) -> str:
    name = postgres_server.database()
    Store.open(postgres_server.url(name), keys).close()
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with its schema, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "phananh.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgres_template")
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = server.borrow(template)
    yield server.url(name)
    server.give_back(name)


@pytest.fixture
def store(database_url: str, keys: MasterKeys) -> Iterator[Store]:
    """A store that runs every work twice, so that a work with side effects shows itself."""
    opened = Store.open(database_url, keys, doubled=True)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path, sqlite_template: Path, keys: MasterKeys) -> Iterator[Store]:
    """The same on SQLite alone: what differs between the databases is tested in tests/storage."""
    path = tmp_path / "alone.db"
    shutil.copy(sqlite_template, path)
    opened = Store.open(f"sqlite:///{path}", keys, doubled=True)
    yield opened
    opened.close()


@pytest.fixture
def single_store(database_url: str, keys: MasterKeys) -> Iterator[Store]:
    """A store as in production: every work runs once, and works share commits on SQLite."""
    opened = Store.open(database_url, keys)
    yield opened
    opened.close()
