"""What a channel must be able to do to send, and how it says that it could not."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.dialogue.message import Outgoing

LEASE_SECONDS = 60
"""How long a message may be on its way before it is taken for lost with the process that had it."""


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
