"""How tests wait: for what happens, with a patience that no slow machine exhausts; and time that passes by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 60.0
"""What is tested is what happens, not how soon."""

STEP_SECONDS = 0.25
"""How far the clock goes at a time in `let_pass`: whoever waits for less than this acts once where it would twice."""
BETWEEN_STEPS_SECONDS = 0.02
"""Real time that each step leaves to the network, for what has woken."""


async def until(look: Callable[[], T], seconds: float = PATIENCE_SECONDS) -> T:
    """Waits until something is there, and returns it."""
    ends_at = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < ends_at, "it never came"
        await asyncio.sleep(0.01)
    return found


async def let_pass(seconds: float) -> None:
    """Exactly so many seconds pass on the running loop's clock, quickly: whatever sleeps till then wakes."""
    loop = asyncio.get_running_loop()
    clock, began, gone = loop.time, loop.time(), 0.0
    loop.time = lambda: began + gone  # type: ignore[method-assign]
    while gone < seconds:
        gone = min(seconds, gone + STEP_SECONDS)
        await asyncio.to_thread(time.sleep, BETWEEN_STEPS_SECONDS)
    ahead = began + gone - clock()
    loop.time = lambda: clock() + ahead  # type: ignore[method-assign]
