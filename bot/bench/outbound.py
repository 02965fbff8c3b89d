"""P12: Telegram's budgets on a virtual clock: pushes fill the bucket, breach nothing, and let replies go first."""

from __future__ import annotations

import asyncio
import heapq
import random
import selectors
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, TypeVar

from bot.bench.goals import Finding, counted
from bot.bench.measuring import percentile
from bot.bench.stage import Stage
from bot.channels.telegram_budget import Budget
from bot.channels.telegram_sender import Keyboard, Sheet, TelegramSender
from bot.delivery import Delivery
from bot.dialogue.message import Outgoing, Say, raw
from bot.dialogue.texts import load_texts
from storage.records import Priority, Push

T = TypeVar("T")

START = datetime(2026, 12, 1, tzinfo=UTC)
PER_SECOND = 30
REPLIES = 900


def at_full_speed(stage: Stage) -> Iterator[Finding]:
    """P12: everything is what the service runs, but for the clock, the platform and the outbox's tables."""
    pushes = stage.sizes.pushes
    sent = on_virtual_clock(flood(pushes, min(REPLIES, pushes // 40)))
    note = f"{len(sent.platform.arrived):,} tin trong {sent.took:,.0f} s của đồng hồ ảo"
    yield counted("P12.share", (100 * sent.share,), note)
    yield counted("P12.breaches", (float(sent.platform.budgets.breaches),), note)
    yield counted("P12.reply", (percentile(sent.waits, 0.99),), f"{pushes:,} tin báo xếp hàng")


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


def on_virtual_clock(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end, however long it sleeps."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


class Bucket:
    """Counts messages above the platform's limits: a burst of `size`, refilled at `rate` a second."""

    def __init__(self, rate: float, size: float) -> None:
        self._rate, self._size = rate, size
        self._level, self._at = size, float("-inf")
        self.breaches = 0

    def take(self, now: float) -> None:
        if self._at > float("-inf"):
            self._level = min(self._size, self._level + (now - self._at) * self._rate)
        self._at = now
        # A clock's grain must not count as a breach.
        if self._level < 1 - 1e-6:
            self.breaches += 1
        self._level -= 1


@dataclass
class Budgets:
    """30 messages a second in all, one a second to a chat."""

    all: Bucket = field(default_factory=lambda: Bucket(PER_SECOND, PER_SECOND))
    chats: dict[str, Bucket] = field(default_factory=dict)

    def take(self, chat: str, now: float) -> None:
        self.all.take(now)
        self.chats.setdefault(chat, Bucket(1, 1)).take(now)

    @property
    def breaches(self) -> int:
        return self.all.breaches + sum(bucket.breaches for bucket in self.chats.values())


@dataclass
class HeapOutbox:
    """The outbox's order and nothing else: best priority first, one message of a chat at a time."""

    rows: list[tuple[int, int, Push]] = field(default_factory=list)
    leased: set[str] = field(default_factory=set)
    sent: dict[int, datetime] = field(default_factory=dict)

    def add(self, push: Push) -> None:
        heapq.heappush(self.rows, (push.priority.order, push.id, push))

    def claim(self, _now: datetime, limit: int, _channel: str, _lease: int) -> tuple[Push, ...]:
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

    def time_of_sending(self, _channel: str, _chat: str, now: datetime) -> datetime:
        return now

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
        self._random = random.Random(7)  # noqa: S311 - the same delays each time

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


@dataclass(frozen=True, slots=True)
class Flood:
    """What came of a flood: where it went, the replies' waits and the whole time in seconds."""

    platform: Platform
    waits: list[float]
    took: float

    @property
    def share(self) -> float:
        """Of what the platform would have taken in this time, 0 to 1."""
        return len(self.platform.arrived) / (self.took * PER_SECOND)


async def flood(pushes: int, replies: int) -> Flood:
    """Sends so many pushes to as many chats, while now and then somebody writes and waits for a reply."""
    loop = asyncio.get_running_loop()
    outbox = HeapOutbox()
    platform = Platform(outbox)
    sender = TelegramSender(platform, None, None, _no_keyboard, Budget())  # type: ignore[arg-type]  # words need no store

    def clock() -> datetime:
        return START + timedelta(seconds=loop.time())

    delivery = Delivery(
        InlineStore(outbox),  # type: ignore[arg-type]  # has what Delivery asks of a store
        lambda: SimpleNamespace(windows={}),  # type: ignore[arg-type,return-value]  # all that it reads
        load_texts(),
        {"telegram": sender},
        clock,
    )
    for number in range(pushes):
        outbox.add(_push(number, number, Priority.STATUS, clock()))
    running = asyncio.create_task(delivery.run())
    asked: dict[int, datetime] = {}
    chances = random.Random(3)  # noqa: S311 - the same moments each time
    for number in range(pushes, pushes + replies):
        await asyncio.sleep(chances.uniform(0.0, 2.0))
        # Some answer in a chat that has just been told something.
        chat = number if number % 2 else chances.randrange(max(1, len(platform.arrived)))
        asked[number] = clock()
        outbox.add(_push(number, chat, Priority.REPLY, clock()))
        delivery.wake()
    while len(outbox.sent) < pushes + replies:  # noqa: ASYNC110 - the clock is virtual
        await asyncio.sleep(0.5)
    took = platform.arrived[-1]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    waits = [(outbox.sent[number] - at).total_seconds() for number, at in asked.items()]
    return Flood(platform, waits, took)


async def _no_keyboard(_message: Outgoing) -> Keyboard:
    return Keyboard()


def _push(number: int, chat: int, priority: Priority, at: datetime) -> Push:
    say = Say(raw(f"tin {number}"))
    return Push(number, "telegram", str(chat), None, "raw", say.to_json(), priority, at)
