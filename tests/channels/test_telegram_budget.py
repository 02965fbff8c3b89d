"""Telegram's budgets on a virtual clock: 30,000 pushes use the whole bucket and breach none, and replies go first."""

from __future__ import annotations

import asyncio
import heapq
import random
import selectors
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from bot.channels.telegram_budget import Budget
from bot.channels.telegram_sender import Keyboard, Sheet, TelegramSender
from bot.delivery import Delivery
from bot.dialogue.message import Outgoing, Say, raw
from bot.dialogue.texts import load_texts
from storage.records import Priority, Push
from tests.doubles.telegram import Budgets

START = datetime(2026, 12, 1, tzinfo=UTC)
PUSHES = 30_000


class VirtualLoop(asyncio.SelectorEventLoop):
    """Where others sleep, this loop's clock jumps."""

    def __init__(self) -> None:
        super().__init__(_Jumping(self))
        self.now = 0.0

    def time(self) -> float:
        return self.now


class _Jumping(selectors.SelectSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        found = super().select(0)
        if not found and timeout:
            self._loop.now += timeout
        return found


@dataclass
class HeapOutbox:
    """The outbox's order and nothing else: best priority first, one message of a chat at a time."""

    rows: list[tuple[int, int, Push]] = field(default_factory=list)
    leased: set[str] = field(default_factory=set)
    sent: dict[int, datetime] = field(default_factory=dict)

    def add(self, push: Push) -> None:
        heapq.heappush(self.rows, (push.priority.order, push.id, push))

    def claim(self, now: datetime, limit: int, _channels: object, _lease: int) -> tuple[Push, ...]:
        taken: list[Push] = []
        passed = []
        while self.rows and len(taken) < limit:
            row = heapq.heappop(self.rows)
            if row[2].chat in self.leased:
                passed.append(row)
                continue
            self.leased.add(row[2].chat)
            taken.append(row[2])
        for row in passed:
            heapq.heappush(self.rows, row)
        return tuple(taken)

    def mark_sent(self, number: int, at: datetime, _ref: str | None) -> None:
        self.sent[number] = at


class InlineStore:
    """Runs a work at once: what the database costs is measured elsewhere."""

    def __init__(self, outbox: HeapOutbox) -> None:
        self.tx = SimpleNamespace(outbox=outbox, chats=SimpleNamespace(get=lambda _channel, _chat: None))

    async def write(self, work: Callable[[Any], Any]) -> Any:
        return work(self.tx)


class Platform:
    """Takes messages after a delay that differs from one to the next, and counts breaches at arrival."""

    def __init__(self, outbox: HeapOutbox) -> None:
        self.outbox = outbox
        self.budgets = Budgets()
        self.arrived: list[float] = []
        self._random = random.Random(7)

    async def send(self, chat: int, sheet: Sheet) -> int:
        await asyncio.sleep(self._random.uniform(0.02, 0.15))
        now = asyncio.get_running_loop().time()
        self.budgets.take(str(chat), now)
        self.arrived.append(now)
        await asyncio.sleep(self._random.uniform(0.01, 0.05))
        self.outbox.leased.discard(str(chat))
        return len(self.arrived)

    async def edit(self, chat: int, number: int, sheet: Sheet) -> None:
        raise AssertionError

    async def send_album(self, chat: int, pictures: tuple[bytes, ...]) -> None:
        raise AssertionError


async def no_keyboard(_message: Outgoing) -> Keyboard:
    return Keyboard()


def a_push(number: int, chat: int, priority: Priority, at: datetime) -> Push:
    say = Say(raw(f"tin {number}"))
    return Push(number, "telegram", str(chat), None, "raw", say.to_json(), priority, at)


async def flood(pushes: int, replies: int) -> tuple[Platform, list[float], float]:
    """Sends everything; returns the platform, the replies' waits in seconds, and the time it took."""
    loop = asyncio.get_running_loop()
    outbox = HeapOutbox()
    platform = Platform(outbox)
    sender = TelegramSender(platform, None, None, no_keyboard, Budget())  # type: ignore[arg-type]

    def clock() -> datetime:
        return START + timedelta(seconds=loop.time())

    delivery = Delivery(
        InlineStore(outbox),  # type: ignore[arg-type]
        lambda: SimpleNamespace(windows={}),  # type: ignore[arg-type,return-value]
        load_texts(),
        {"telegram": sender},
        clock,
    )
    for number in range(pushes):
        outbox.add(a_push(number, number, Priority.STATUS, clock()))
    running = asyncio.create_task(delivery.run())
    asked: dict[int, datetime] = {}
    chances = random.Random(3)
    for number in range(pushes, pushes + replies):
        await asyncio.sleep(chances.uniform(0.0, 2.0))
        # Some answer in a chat that has just been told something.
        chat = number if number % 2 else chances.randrange(max(1, len(platform.arrived)))
        asked[number] = clock()
        outbox.add(a_push(number, chat, Priority.REPLY, clock()))
        delivery.wake()
    while len(outbox.sent) < pushes + replies:  # noqa: ASYNC110 - the clock is virtual
        await asyncio.sleep(0.5)
    took = platform.arrived[-1]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    waits = [(outbox.sent[number] - at).total_seconds() for number, at in asked.items()]
    return platform, waits, took


def on_virtual_clock(work: Any) -> Any:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


def test_thirty_thousand_pushes_fill_the_bucket_without_a_breach_while_replies_wait_two_seconds_at_most() -> None:
    platform, waits, took = on_virtual_clock(flood(PUSHES, 900))
    used, slowest = len(platform.arrived) / (took * 30), sorted(waits)[int(len(waits) * 0.99)]
    print(f"{len(platform.arrived)} messages in {took:.0f} s: {used:.1%} of the bucket; replies p99 {slowest:.2f} s")
    assert platform.budgets.breaches == 0
    assert len(platform.arrived) == PUSHES + 900
    assert used >= 0.95
    assert slowest <= 2.0


def test_a_chat_hears_one_message_a_second_and_a_group_twenty_a_minute() -> None:
    async def talk(chat: str) -> list[float]:
        budget, times = Budget(), []
        for _ in range(4):
            async with budget.turn(chat).used():
                times.append(asyncio.get_running_loop().time())
        return times

    assert on_virtual_clock(talk("5")) == [0.0, 1.0, 2.0, 3.0]
    assert on_virtual_clock(talk("-5")) == [0.0, 3.0, 6.0, 9.0]


def test_a_push_that_was_taken_does_not_hold_a_later_reply_of_another_chat() -> None:
    platform, waits, _ = on_virtual_clock(flood(100, 20))
    assert platform.budgets.breaches == 0
    assert max(waits) <= 2.0
