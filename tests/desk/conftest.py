"""A desk for each test."""

from __future__ import annotations

import pytest

from storage.store import Store
from tests.casework.house import House
from tests.desk.room import Room


@pytest.fixture
def room(sqlite_store: Store) -> Room:
    return Room(House(sqlite_store))
