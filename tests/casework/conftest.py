"""A house for each test, on SQLite: what differs between the databases is tested in tests/storage."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.records import AgencyId, Citizen, Officer, Role
from storage.sealed import MasterKeys
from storage.store import Store
from tests.casework.house import House


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path, keys: MasterKeys) -> Iterator[House]:
    """Every work runs twice, so that one with side effects shows itself."""
    path = tmp_path / "house.db"
    shutil.copy(sqlite_template, path)
    store = Store.open(f"sqlite:///{path}", keys, doubled=True)
    yield House(store)
    store.close()


@pytest.fixture
def thu(house: House) -> Officer:
    """Somebody at the triage desk."""
    return house.officer(AgencyId("triage"), Role.TRIAGE, "Thu")


@pytest.fixture
def mai(house: House) -> Citizen:
    """A citizen who has consented and given a name and a telephone."""
    return house.citizen()
