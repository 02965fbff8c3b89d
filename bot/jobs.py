"""The only scheduler: a metronome that calls each sweep with `now`. What is due is a column, never a job of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.casework.context import Context
from bot.casework.sweeps import LIMIT, SWEEPS, sweep_case
from routing.config import Config
from storage.failpoints import reach
from storage.records import CaseId
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

EVERY_SECONDS = {"cases": 20, "promises": 600, "remedies": 600, "drafts": 300, "morning": 120, "weekly": 600} | {
    "requests": 600,
    "bans": 300,
    "files": 3600,
    "spent": 3600,
}
"""How often each sweep is called; how late a reminder may be."""


class Jobs:
    """Runs the sweeps, by the metronome or by hand."""

    def __init__(
        self,
        store: Store,
        config: Callable[[], Config],
        clock: Callable[[], datetime],
        wake_delivery: Callable[[], None],
    ) -> None:
        self._store = store
        self._config = config
        self._clock = clock
        self._wake_delivery = wake_delivery
        self._scheduler = AsyncIOScheduler(timezone="Asia/Ho_Chi_Minh")

    def start(self) -> None:
        """Starts the metronome: one job a sweep, however many cases there are."""
        for name in SWEEPS:
            self._scheduler.add_job(
                self.sweep,
                IntervalTrigger(seconds=EVERY_SECONDS[name]),
                args=(name,),
                id=name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    @property
    def count(self) -> int:
        """Scheduled jobs: constant in the number of cases."""
        return len(self._scheduler.get_jobs())

    async def sweep(self, name: str) -> int:
        """Calls one sweep until nothing is due; each round is a transaction of its own."""
        total = 0
        try:
            while True:
                found = await self._store.write(_once(name, self._config(), self._clock()))
                reach("jobs.after_sweep")
                total += found
                if found < LIMIT:
                    break
        except Exception:
            log.exception("jobs.fault", sweep=name)
            if name == "cases":
                total += await self._one_by_one()
        if total:
            self._wake_delivery()
        return total

    async def _one_by_one(self) -> int:
        """Each due case in a transaction of its own: one that cannot be worked on holds no other back."""
        now, done = self._clock(), 0
        for case in await self._store.read(lambda tx: tx.cases.due_ids(now, LIMIT)):
            try:
                done += await self._store.write(_alone(case, self._config(), now))
            except Exception:
                log.exception("jobs.case_fault", case=case)
        return done


def _alone(case: CaseId, config: Config, now: datetime) -> Callable[[Transaction], int]:
    return lambda tx: sweep_case(Context(tx, config, now), case)


def _once(name: str, config: Config, now: datetime) -> Callable[[Transaction], int]:
    return lambda tx: SWEEPS[name](Context(tx, config, now), LIMIT)


def run_sweeps(
    store: Store, config: Config, now: datetime, only: Iterable[str] = (), dry: bool = False
) -> dict[str, int]:
    """Runs the sweeps once at a given time; a dry run rolls everything back. Returns how many rows each acted upon."""
    found: dict[str, int] = {}
    for name in only or SWEEPS:
        work = _once(name, config, now)
        if dry:
            found[name] = store.rehearse_now(work)
            continue
        found[name] = 0
        while (count := store.write_now(work)) > 0:
            found[name] += count
            if count < LIMIT:
                break
    return found
