"""The only scheduler: a metronome that calls each sweep with `now`. What is due is a column, never a job of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.casework.context import Context
from bot.casework.sweeps import LIMIT, sweep_case
from bot.sweeps import SWEEPS
from routing.config import Config
from storage.failpoints import reach
from storage.records import CaseId
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

TICK_SECONDS = 20
"""Between two ticks of the metronome."""
EVERY_SECONDS = {
    "cases": TICK_SECONDS,
    "promises": 600,
    "remedies": 600,
    "drafts": 300,
    "requests": 600,
    "bans": 300,
    "files": 3600,
    "spent": 3600,
    "morning": 120,
    "weekly": 600,
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
        self._again_at: dict[str, datetime] = {}

    def start(self) -> None:
        """Starts the metronome: one job, however many sweeps and cases there are."""
        self._scheduler.add_job(
            self.tick,
            IntervalTrigger(seconds=TICK_SECONDS),
            id="tick",
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

    async def tick(self) -> int:
        """Calls the sweeps whose time has come, one after another; what they have to tell is sent when all are done.

        So what several of them tell one chat can become one message.
        """
        now, total = self._clock(), 0
        for name in SWEEPS:
            # A clock set back must not silence a sweep until it has caught up.
            pause = timedelta(seconds=EVERY_SECONDS[name])
            if name not in self._again_at or not now < self._again_at[name] <= now + pause:
                self._again_at[name] = now + pause - timedelta(seconds=TICK_SECONDS / 2)
                total += await self._sweep(name)
        if total:
            self._wake_delivery()
        return total

    async def sweep(self, name: str) -> int:
        """Calls one sweep until nothing is due, and lets what it tells be sent."""
        total = await self._sweep(name)
        if total:
            self._wake_delivery()
        return total

    async def _sweep(self, name: str) -> int:
        """Each round is a transaction of its own."""
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
