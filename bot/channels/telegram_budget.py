"""How fast a bot may speak: Telegram's limits in all and per chat, as turns that are waited for."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator

PER_SECOND = 30.0
CHAT_SECONDS = 1.0
GROUP_SECONDS = 3.0
"""Telegram's stated limits: about 30 messages a second, one a second to a chat, 20 a minute to a group."""
BURST = 20.0
"""Below the limit of a second, so that messages which overtake one another on the way do not breach it."""
SECOND = 1.02
"""A second, and a little more because messages are not equally long on their way."""
MOST = 30
"""Begun within any second, whatever burst it began with."""
FAILURES = 5
"""So many failures in a row, and the platform counts as unreachable."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds between two looks whether it is there again; each pause is twice as long as the one before."""
FORGOTTEN = 10_000
"""So many chats are remembered before those that may speak again are forgotten."""


class Closed(Exception):
    """The platform demands silence."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"silence for {seconds:.0f} s")
        self.seconds = seconds


class Budget:
    """The turns of one bot. Times are those of the running event loop."""

    def __init__(self) -> None:
        self._tokens = BURST
        self._counted_at: float | None = None
        self._begun: deque[float] = deque(maxlen=MOST)
        self._in_line = 0
        self._next_turn: dict[str, float] = {}
        self._closed_until = 0.0
        self._failures = 0
        self._probe_at = 0.0
        self._pause = FIRST_PAUSE

    def room(self) -> int:
        """How many messages may be begun now, besides those that already wait for their turn."""
        now = self._refill()
        if now < self._opens_at:
            return 0
        left = MOST - sum(at > now - SECOND for at in self._begun)
        room = max(0, min(int(self._tokens + 1e-9), left) - self._in_line)
        return min(room, 1) if self._is_broken else room

    def seconds_until_room(self) -> float:
        """How long until one more message may be begun."""
        now = self._refill()
        return max(self._opens_at - now, self._seconds_until(now, self._in_line + 1))

    def close_for(self, seconds: float) -> None:
        """The platform demands silence."""
        self._closed_until = max(self._closed_until, self._refill() + seconds)

    @property
    def is_open(self) -> bool:
        """Whether anything may be said now."""
        return self._refill() >= self._opens_at

    def failed(self) -> None:
        """The platform could not be reached or had a fault of its own."""
        self._failures += 1
        if self._failures == FAILURES:
            self._probe_at = self._refill() + FIRST_PAUSE
            self._pause = FIRST_PAUSE

    def worked(self) -> None:
        """The platform answered."""
        self._failures = 0
        self._probe_at = 0.0

    def turn(self, chat: str) -> Turn:
        """The turns of one message of ours, which may become several of the platform."""
        return Turn(self, chat)

    async def take(self, chat: str) -> None:
        """Waits until one message may go to this chat, and counts it. Raises Closed."""
        loop = asyncio.get_running_loop()
        while (left := self._next_turn.get(chat, 0.0) - loop.time()) > 0:  # noqa: ASYNC110 - the time is known
            await asyncio.sleep(left)
        self._in_line += 1
        try:
            while (left := self._seconds_left()) > 0:  # noqa: ASYNC110 - the time is known
                await asyncio.sleep(left)
            self._tokens -= 1
            self._begun.append(loop.time())
            if self._is_broken:
                # This one looks whether the platform is there again; the next look comes later still.
                self._pause = min(LONGEST_PAUSE, self._pause * 2)
                self._probe_at = self._refill() + self._pause
        finally:
            self._in_line -= 1

    def spoken(self, chat: str) -> None:
        """A message has gone to this chat: its pause begins, however long the message was on its way."""
        now = asyncio.get_running_loop().time()
        pause = GROUP_SECONDS if chat.startswith("-") else CHAT_SECONDS
        self._next_turn[chat] = now + pause
        if len(self._next_turn) > FORGOTTEN:
            self._next_turn = {chat: at for chat, at in self._next_turn.items() if at > now}

    def _seconds_left(self) -> float:
        now = self._refill()
        if now < self._opens_at:
            raise Closed(self._opens_at - now)
        return self._seconds_until(now, 1)

    def _seconds_until(self, now: float, messages: int) -> float:
        """How long until so many more may be begun: each has its token, and enough of those before are a second old."""
        missing = messages - self._tokens
        refilled = missing / PER_SECOND if missing > 1e-9 else 0.0
        too_many = min(len(self._begun) + messages - MOST, len(self._begun))
        aged = self._begun[too_many - 1] + SECOND - now if too_many > 0 else 0.0
        return max(refilled, aged, 0.0)

    @property
    def _is_broken(self) -> bool:
        return self._failures >= FAILURES

    @property
    def _opens_at(self) -> float:
        return max(self._closed_until, self._probe_at)

    def _refill(self) -> float:
        now = asyncio.get_running_loop().time()
        if self._counted_at is not None:
            self._tokens = min(BURST, self._tokens + (now - self._counted_at) * PER_SECOND)
        self._counted_at = now
        return now


class Turn:
    """A message's right to be sent now; taken first of all, so that whoever waits is counted as waiting."""

    def __init__(self, budget: Budget, chat: str) -> None:
        self._budget = budget
        self._chat = chat
        self._is_in_hand = False

    async def take(self) -> None:
        """Raises Closed instead of waiting as long as the platform demands: the message goes back to the outbox."""
        await self._budget.take(self._chat)
        self._is_in_hand = True

    @contextlib.asynccontextmanager
    async def used(self) -> AsyncIterator[None]:
        """One call of the platform; a further one waits for a further turn."""
        if not self._is_in_hand:
            await self.take()
        self._is_in_hand = False
        try:
            yield
        finally:
            self._budget.spoken(self._chat)
