"""The metronome: a fixed handful of jobs however many cases there are, and no case that stops the others."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.casework.sweeps import SWEEPS
from bot.jobs import Jobs
from storage.records import Case
from storage.sealed import MasterKeys
from storage.store import Store
from tests.casework.house import HOLDER, House


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path, keys: MasterKeys) -> Iterator[House]:
    path = tmp_path / "house.db"
    shutil.copy(sqlite_template, path)
    store = Store.open(f"sqlite:///{path}", keys, doubled=True)
    yield House(store)
    store.close()


def jobs_of(house: House) -> Jobs:
    return Jobs(house.store, lambda: house.config, lambda: house.at, lambda: None)


async def test_the_number_of_jobs_does_not_grow_with_the_cases(house: House) -> None:
    for number in range(12):
        house.file(house.citizen(f"Mai {number}"))
    jobs = jobs_of(house)
    jobs.start()
    try:
        assert jobs.count == len(SWEEPS) < 10
    finally:
        jobs.stop()


@pytest.mark.parametrize("broken", ["due_at = NULL", "status = 'finished'"])
def test_a_case_that_cannot_be_worked_on_holds_no_other_back(house: House, broken: str) -> None:
    """First in line lies a row that no rule fits, or that cannot even be read: the others are told all the same."""
    house.officer(HOLDER)
    lost, first, second = (house.file(house.citizen(name)) for name in ("An", "Bình", "Chi"))
    with house.store.connect() as connection, connection.begin():
        connection.execute(text(f"UPDATE cases SET {broken}, remind_at = 1 WHERE id = :id"), {"id": lost.id})
    house.later(days=30)
    assert asyncio.run(jobs_of(house).sweep("cases")) == 2

    def kinds(case: Case) -> list[str]:
        return [event.kind for event in house.see(lambda tx: tx.events.of(case.id))]

    assert kinds(lost) == ["filed"], "nothing half of it is kept"
    for case in (first, second):
        assert "overdue" in kinds(case)
