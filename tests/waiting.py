"""How tests wait: for what happens, with a patience that no slow machine exhausts; and time that passes by itself."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from storage.store import Store

T = TypeVar("T")

BEGIN = datetime.fromisoformat("2026-12-01T09:00:00+07:00")
"""When a story begins: on a Tuesday morning, while offices work."""

PATIENCE_SECONDS = 60.0
"""What is tested is what happens, not how soon."""

STEP_SECONDS = 0.25
"""How far the clock goes at a time in `held_clock`: whoever waits for less than this acts once where it would twice."""
BETWEEN_STEPS_SECONDS = 0.02
"""Real time that each step leaves to the network, for what has woken."""


async def until(look: Callable[[], T], seconds: float = PATIENCE_SECONDS) -> T:
    """Waits until something is there, and returns it."""
    ends_at = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < ends_at, "it never came"
        # Not asyncio.sleep: the loop's clock may stand still.
        await asyncio.to_thread(time.sleep, 0.01)
    return found


async def until_at_rest(store: Store, now: Callable[[], datetime]) -> None:
    """Waits until nothing that is due is still to be said or fetched: whatever did not come by then never comes."""
    await until(lambda: store.read_now(lambda tx: not tx.outbox.queues(now()) and not tx.files.waiting(now(), 1)))


@contextlib.contextmanager
def held_clock() -> Iterator[Callable[[float], Awaitable[None]]]:
    """The running loop's clock stands still but for what it is put forward by: so many seconds, quickly, and whatever
    sleeps till then wakes."""
    loop = asyncio.get_running_loop()
    clock, began, gone = loop.time, loop.time(), 0.0

    async def forward(seconds: float) -> None:
        nonlocal gone
        ends = gone + seconds
        while gone < ends:
            gone = min(ends, gone + STEP_SECONDS)
            await asyncio.to_thread(time.sleep, BETWEEN_STEPS_SECONDS)

    loop.time = lambda: began + gone
    try:
        yield forward
    finally:
        ahead = began + gone - clock()
        loop.time = lambda: clock() + ahead


async def let_pass(seconds: float) -> None:
    """Exactly so many seconds pass on the running loop's clock, quickly: whatever sleeps till then wakes."""
    with held_clock() as forward:
        await forward(seconds)


class StoryClock:
    """Runs like any clock, from a Tuesday morning whatever the hour, and can be put forward."""

    def __init__(self, running: Callable[[], float] = time.monotonic) -> None:
        self._running = running
        self._started = running()
        self._jumped = timedelta()

    def __call__(self) -> datetime:
        return BEGIN + timedelta(seconds=self._running() - self._started) + self._jumped

    def jump(self, **by: float) -> None:
        self._jumped += timedelta(**by)
