"""A house for each test, and who is met in many of them."""

from __future__ import annotations

import pytest

from storage.records import AgencyId, Citizen, Officer, Role
from storage.store import Store
from tests.casework.house import House


@pytest.fixture
def house(sqlite_store: Store) -> House:
    return House(sqlite_store)


@pytest.fixture
def thu(house: House) -> Officer:
    """Somebody at the triage desk."""
    return house.officer(AgencyId("triage"), Role.TRIAGE, "Thu")


@pytest.fixture
def mai(house: House) -> Citizen:
    """A citizen who has consented and given a name and a telephone."""
    return house.citizen()
