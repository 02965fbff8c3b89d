"""The metronome: a fixed handful of jobs however many cases there are, and no case that stops the others."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import text

from bot.jobs import EVERY_SECONDS, Jobs
from bot.sweeps import SWEEPS
from storage.records import Case
from storage.store import Store
from tests.casework.house import HOLDER, House


@pytest.fixture
def house(sqlite_store: Store) -> House:
    return House(sqlite_store)


def jobs_of(house: House, wake: Callable[[], None] = lambda: None) -> Jobs:
    return Jobs(house.store, lambda: house.config, lambda: house.at, wake)


async def test_the_number_of_jobs_does_not_grow_with_the_cases(house: House) -> None:
    for number in range(12):
        house.file(house.citizen(f"Mai {number}"))
    jobs = jobs_of(house)
    jobs.start()
    try:
        assert jobs.count == 1
    finally:
        jobs.stop()


def test_a_tick_calls_each_sweep_at_its_own_pace_and_wakes_delivery_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    for name in SWEEPS:
        monkeypatch.setitem(SWEEPS, name, lambda _ctx, _limit, name=name: called.append(name) or 1)
    woken: list[int] = []
    jobs = jobs_of(house, lambda: woken.append(len(called)))
    for _ in range(31):  # ten minutes of ticks, and the first one
        asyncio.run(jobs.tick())
        house.later(seconds=20)
    # The test store does every work twice.
    counts = {name: count // 2 for name, count in Counter(called).items()}
    assert counts == {name: 600 // every + 1 for name, every in EVERY_SECONDS.items()}
    assert len(woken) == 31
    assert woken[0] == 2 * len(SWEEPS), "only when all of them are done"


def test_a_clock_that_is_set_back_stops_no_sweep(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[datetime] = []
    monkeypatch.setitem(SWEEPS, "cases", lambda ctx, _limit: called.append(ctx.now) or 0)
    jobs = jobs_of(house)
    asyncio.run(jobs.tick())
    house.later(hours=-3)
    asyncio.run(jobs.tick())
    assert called[-1] == house.at


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
