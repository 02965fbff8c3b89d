"""Hop 4: the outbox is emptied through each channel's sender; at least once, in order per chat, within every budget."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

import structlog

from bot.casework.context import Context
from bot.casework.facts import facts_of
from bot.casework.report_trouble import report_trouble
from bot.delivery_window import CLOSED, KNOCKED, Knocking, Ready, Windowed, WindowGate, send_elsewhere
from bot.dialogue.message import Outgoing, Say
from bot.dialogue.texts import Texts
from routing.config import Config
from storage.failpoints import reach
from storage.records import OfficerId, Push
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

BATCH = 100
LEASE_SECONDS = 60
"""How long a message may be on its way before it is taken for lost with the process that had it."""
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=30)
MAX_TRIES = 40
"""With the backoff above: about 18 hours of trying."""
FINISH_SECONDS = 2.0
"""How long messages on their way may take to arrive when the service stops."""
ALL = 1_000_000
"""More messages than any window has."""
LEAST_PAUSE = 0.1
"""A channel without room is looked at again at most so often (seconds): one claim then takes several messages."""
UNSPEAKABLE = (LookupError, TypeError, ValueError, AttributeError)
"""What a missing text, a missing argument or a removed row raises."""
IDLE_SECONDS = 1.0
"""How often the outbox is looked at when nobody woke us: due `not_before` times and other processes' rows."""


class Why(StrEnum):
    """Why a send failed, and so what to do."""

    AGAIN = "again"
    """The platform or the network had a fault: try later, with growing pauses."""
    WAIT = "wait"
    """The platform named a time to wait."""
    BLOCKED = "blocked"
    """The person does not want to hear from us: park until they write again."""
    CLOSED = "closed"
    """The platform's window is closed: park until the next contact."""
    MOVED = "moved"
    """The chat has another id now."""
    NEVER = "never"
    """The message can never be sent: dead letter."""


class SendFailed(Exception):
    """A message was not sent."""

    def __init__(self, why: Why, words: str, retry_after: float = 0.0, moved_to: str = "") -> None:
        super().__init__(words)
        self.why = why
        self.retry_after = retry_after
        self.moved_to = moved_to
        self.spent = 0
        """Messages of the platform that had gone before the one that failed."""


class Sender(Protocol):
    """A channel's way to send."""

    async def send(self, message: Outgoing) -> str | None:
        """Sends and returns the platform's id of the message, if it has one. Raises SendFailed."""
        ...


class Pace(Protocol):
    """How fast a channel may send. What has no room now stays in the outbox, where a reply can still go before it."""

    def room(self) -> int:
        """How many more messages may be begun now."""
        ...

    def seconds_until_room(self) -> float: ...


@runtime_checkable
class Paced(Protocol):
    """A sender whose platform limits how fast it may send."""

    @property
    def budget(self) -> Pace: ...


@runtime_checkable
class Instant(Protocol):
    """A sender that no network lies behind: after a crash its messages need not wait for the usual lease."""

    lease_seconds: int


class Delivery:
    """Takes what is due from the outbox and sends it; wake it after a commit, or let it look by itself."""

    def __init__(
        self,
        store: Store,
        config: Callable[[], Config],
        texts: Texts,
        senders: Mapping[str, Sender],
        clock: Callable[[], datetime],
        told: Callable[[Push], None] | None = None,
    ) -> None:
        """`told` is called after a row is marked as sent, for channels that show the outbox itself."""
        self._store = store
        self._config = config
        self._texts = texts
        self._senders = senders
        self._clock = clock
        self._told = told
        self._woken = asyncio.Event()
        self._not_before: dict[str, datetime] = {}
        self._under_way: dict[str, set[asyncio.Task[None]]] = {}

    def wake(self) -> None:
        """Something was committed that may be due."""
        self._woken.set()

    async def run(self) -> None:
        """Delivers until cancelled; a slow platform or chat holds nobody else back."""
        try:
            while True:
                self._woken.clear()
                try:
                    taken = await self._take()
                except Exception:
                    log.exception("delivery.fault")
                    taken = []
                for each in taken:
                    self._begin(each)
                # Whoever was begun counts in its channel's budget before more is claimed.
                await asyncio.sleep(0)
                if not taken:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), self._pause())
        finally:
            await self._finish()

    async def deliver_due(self) -> int:
        """Claims and sends one batch; returns how many were taken."""
        taken = await self._take()
        await asyncio.gather(*(self._deliver(each) for each in taken))
        return len(taken)

    async def _take(self) -> list[Ready]:
        """Claims what is due, for each channel no more than it has room for."""
        now = self._clock()
        rooms = {c: self._room(c) for c in self._senders if self._not_before.get(c, now) <= now}
        rooms = {channel: room for channel, room in rooms.items() if room > 0}
        if not rooms:
            return []
        taken = await self._store.write(lambda tx: self._claim(tx, rooms, now))
        reach("delivery.after_claim")
        return taken

    def _room(self, channel: str) -> int:
        free = BATCH - len(self._under_way.get(channel, ()))
        sender = self._senders[channel]
        return min(free, sender.budget.room()) if isinstance(sender, Paced) else free

    def _pause(self) -> float:
        """Until something may be due, or a channel that had no room may have some."""
        full = [s.budget for s in self._senders.values() if isinstance(s, Paced) and s.budget.room() <= 0]
        return min([IDLE_SECONDS, *(max(budget.seconds_until_room(), LEAST_PAUSE) for budget in full)])

    def _begin(self, each: Ready) -> None:
        under_way = self._under_way.setdefault(each.push.channel, set())
        task = asyncio.create_task(self._deliver(each))
        under_way.add(task)

        def ended(done: asyncio.Task[None]) -> None:
            under_way.discard(done)
            if not done.cancelled() and (fault := done.exception()) is not None:
                log.error("delivery.not_marked", fault=type(fault).__name__)
            # The next message of the same chat may go now.
            self.wake()

        task.add_done_callback(ended)

    async def _finish(self) -> None:
        """Lets what is being sent arrive, so that it is not sent again after the next start."""
        tasks = [task for under_way in self._under_way.values() for task in under_way]
        if tasks:
            await asyncio.wait(tasks, timeout=FINISH_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _claim(self, tx: Transaction, rooms: Mapping[str, int], now: datetime) -> list[Ready]:
        ready = []
        ctx = Context(tx, self._config(), now)
        for channel, room in rooms.items():
            sender = self._senders[channel]
            lease = sender.lease_seconds if isinstance(sender, Instant) else LEASE_SECONDS
            for push in tx.outbox.claim(now, room, (channel,), lease):
                try:
                    message = render(ctx, self._texts, push)
                except UNSPEAKABLE as fault:
                    # One message that cannot be put into words must not hold up all the others.
                    log.error("delivery.unspeakable", push=push.id, key=push.key, fault=type(fault).__name__)
                    tx.outbox.mark_dead(push.id, now, f"cannot be put into words: {type(fault).__name__}")
                    continue
                if message is None:
                    tx.outbox.mark_dead(push.id, now, "nobody to read it any more")
                elif not _is_reachable(tx, push):
                    self._set_aside(ctx, push, Why.BLOCKED)
                elif (passed := self._pass(ctx, push, message)) is not None:
                    ready.append(passed)
        return ready

    def _pass(self, ctx: Context, push: Push, message: Outgoing) -> Ready | None:
        """What goes now because of this row; None when it waits for its person, or went elsewhere."""
        sender = self._senders[push.channel]
        if push.channel not in ctx.config.windows or not isinstance(sender, Windowed):
            return Ready((push,), message)
        gate = WindowGate(self._texts, sender, self._reaches, ctx.now + timedelta(seconds=LEASE_SECONDS))
        return gate.pass_(ctx, push, message, lambda other: self._words(ctx, other))

    def _words(self, ctx: Context, push: Push) -> Outgoing | None:
        try:
            return render(ctx, self._texts, push)
        except UNSPEAKABLE:
            return None

    def _reaches(self, channel: str) -> bool:
        """Whether a message of this channel comes to its person by itself."""
        sender = self._senders.get(channel)
        return sender is not None and not isinstance(sender, Instant)

    async def _deliver(self, each: Ready) -> None:
        if each.knock is not None:
            await self._knock(each)
            return
        reach("delivery.before_send")
        try:
            ref = await self._senders[each.push.channel].send(each.message)
        except Exception as fault:
            await self._not_sent(each, fault)
            return
        reach("delivery.after_send")
        await self._store.write(lambda tx: self._sent(tx, each, ref))
        reach("delivery.after_mark")
        if self._told is not None:
            for push in each.pushes:
                self._told(push)

    def _sent(self, tx: Transaction, each: Ready, ref: str | None) -> None:
        now = self._clock()
        for push in each.pushes:
            tx.outbox.mark_sent(push.id, now, ref)
        if each.places:
            tx.chats.spend(each.push.channel, each.push.chat, each.places)

    async def _knock(self, each: Ready) -> None:
        """Invites the person back; their messages wait either way."""
        sender = self._senders[each.push.channel]
        why = KNOCKED
        reach("delivery.before_knock")
        try:
            if isinstance(sender, Knocking) and each.knock is not None:
                await sender.knock(each.knock)
        except SendFailed as failure:
            log.warning("delivery.not_knocked", channel=each.push.channel, why=str(failure))
            why = CLOSED
        reach("delivery.after_knock")
        await self._store.write(lambda tx: _park(tx, each, why))

    async def _not_sent(self, each: Ready, fault: Exception) -> None:
        if isinstance(fault, SendFailed):
            failure = fault
        else:
            log.warning("delivery.unexpected", channel=each.push.channel, fault=type(fault).__name__)
            failure = SendFailed(Why.AGAIN, type(fault).__name__)
        await self._store.write(lambda tx: self._all_failed(tx, each, failure))

    def _all_failed(self, tx: Transaction, each: Ready, failure: SendFailed) -> None:
        if each.places:
            # Once the platform says that the window is closed, nothing more is tried in it.
            tx.chats.spend(each.push.channel, each.push.chat, ALL if failure.why is Why.CLOSED else failure.spent)
        for push in each.pushes:
            self._failed(tx, push, failure)

    def _failed(self, tx: Transaction, push: Push, failure: SendFailed) -> None:
        now = self._clock()
        match failure.why:
            case Why.BLOCKED | Why.CLOSED:
                chat = tx.chats.get(push.channel, push.chat)
                if chat is not None and failure.why is Why.BLOCKED:
                    tx.chats.save(replace(chat, reachable=False))
                self._set_aside(Context(tx, self._config(), now), push, failure.why)
            case Why.NEVER:
                self._bury(tx, push, str(failure), now)
            case Why.MOVED:
                tx.chats.move(push.channel, push.chat, failure.moved_to)
                tx.outbox.mark_failed(push.id, str(failure), now)
            case Why.WAIT:
                retry_at = now + timedelta(seconds=failure.retry_after)
                self._not_before[push.channel] = max(retry_at, self._not_before.get(push.channel, retry_at))
                tx.outbox.mark_failed(push.id, str(failure), retry_at)
            case Why.AGAIN if push.tries + 1 >= MAX_TRIES:
                self._bury(tx, push, f"given up after {push.tries + 1} tries: {failure}", now)
            case Why.AGAIN:
                tx.outbox.mark_failed(push.id, str(failure), now + pause_after(push.tries))

    def _set_aside(self, ctx: Context, push: Push, why: Why) -> None:
        """It goes to another chat of the same person, else waits until they are back."""
        if not send_elsewhere(ctx, push, self._reaches):
            ctx.tx.outbox.park(push.id, why.value)

    def _bury(self, tx: Transaction, push: Push, why: str, now: datetime) -> None:
        """A dead letter, of which the administrators are told."""
        tx.outbox.mark_dead(push.id, now, why)
        report_trouble(Context(tx, self._config(), now), "push", push.channel, why[:120])


def _park(tx: Transaction, each: Ready, why: str) -> None:
    for push in each.pushes:
        tx.outbox.park(push.id, why)


def _is_reachable(tx: Transaction, push: Push) -> bool:
    """False for somebody who does not want to hear from us until they come back."""
    chat = tx.chats.get(push.channel, push.chat)
    return chat is None or chat.reachable


def pause_after(tries: int) -> timedelta:
    """Growing pauses with jitter, so that many failed messages do not return together."""
    pause: timedelta = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(tries, 12))
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret


def render(ctx: Context, texts: Texts, push: Push) -> Outgoing | None:
    """The words of an outbox row, from what is true now. None when its person is gone."""
    if not push.args:
        return None
    say = Say.from_json(push.args)
    code = None
    if push.case is not None:
        case = ctx.tx.cases.get(push.case)
        code = str(case.code)
        say = replace(say, words=replace(say.words, args={**facts_of(ctx, case), **say.words.args}))
    edits = None
    if say.slot is not None:
        edits = ctx.tx.outbox.ref_of_slot(push.channel, push.chat, say.slot)
    message = texts.put(say, push.channel, push.chat, _language(ctx, push))
    return replace(message, edits=edits, case_code=code, number=push.id)


def _language(ctx: Context, push: Push) -> str:
    chat = ctx.tx.chats.get(push.channel, push.chat)
    if chat is None:
        return "vi"
    if chat.citizen is not None:
        return ctx.tx.citizens.get(chat.citizen).language
    if chat.officer is not None:
        return ctx.tx.officers.get(OfficerId(chat.officer)).language
    return "vi"
