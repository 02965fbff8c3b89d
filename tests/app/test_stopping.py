"""Whatever waits to be woken ends when it is stopped, also in the very moment in which it is woken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from bot.app import media_of
from bot.channels.web.stream import Lines
from bot.channels.web.watch import Watch
from bot.delivery import Delivery
from bot.media import Media
from bot.run import _drain
from storage.store import WriteRefused
from tests.channels.telegram_stage import Town, town
from tests.waiting import PATIENCE_SECONDS, until

Waiting = Delivery | Media | Watch
WAITING: dict[str, Callable[[Town], Waiting]] = {
    "delivery": lambda hanoi: Delivery(
        hanoi.service.store, hanoi.service.current_config, hanoi.service.texts, {}, hanoi.service.clock
    ),
    "media": lambda hanoi: media_of(hanoi.service, {}, hanoi.wake),
    "watch": lambda hanoi: Watch(hanoi.service.store, Lines(), hanoi.service.clock),
}


async def test_a_stop_is_clean_also_while_nothing_can_be_written() -> None:
    tried: list[int] = []

    async def deliver() -> int:
        tried.append(1)
        raise WriteRefused("hết chỗ trên đĩa")

    await _drain(deliver)
    assert tried == [1]


class Awaited(asyncio.Event):
    """An event that tells when somebody waits for it."""

    is_awaited = False

    async def wait(self) -> Literal[True]:
        self.is_awaited = True
        return await super().wait()


@pytest.mark.parametrize("name", WAITING)
async def test_a_stop_in_the_moment_of_a_wake_is_a_stop(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path) as hanoi:
        for steps_between in range(4):
            waiting, woken = WAITING[name](hanoi), Awaited()
            monkeypatch.setattr(waiting, "_woken", woken)
            task = asyncio.create_task(waiting.run())
            await until(lambda woken=woken: woken.is_awaited)
            waiting.wake()
            for _ in range(steps_between):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
            assert task.cancelled(), f"it goes on, stopped {steps_between} steps after the wake"
