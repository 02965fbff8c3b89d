"""Which rows of the outbox go now, and as what words; decided in the transaction that claims them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot.casework.context import Context
from bot.delivery.aftermath import set_aside
from bot.delivery.sender import LEASE_SECONDS, Instant, Sender, Why
from bot.delivery.window import Ready, Windowed, WindowGate
from bot.delivery.words import UNSPEAKABLE, render, try_render
from bot.dialogue.message import Outgoing
from bot.dialogue.texts import Texts
from storage.records import Push
from storage.store import Transaction

log = structlog.get_logger(__name__)


class Claim:
    """Leases what is due and puts it into words."""

    def __init__(self, texts: Texts, senders: Mapping[str, Sender]) -> None:
        self._texts = texts
        self._senders = senders

    def take(self, ctx: Context, rooms: Mapping[str, int]) -> list[Ready]:
        """What is to be sent now, at most so many rows of each channel."""
        ready = []
        for channel, room in rooms.items():
            sender = self._senders[channel]
            lease = sender.lease_seconds if isinstance(sender, Instant) else LEASE_SECONDS
            for push in ctx.tx.outbox.claim(ctx.now, room, channel, lease):
                if (passed := self._look_at(ctx, push)) is not None:
                    ready.append(passed)
        return ready

    def reaches(self, channel: str) -> bool:
        """Whether a message of this channel comes to its person by itself."""
        sender = self._senders.get(channel)
        return sender is not None and not isinstance(sender, Instant)

    def _look_at(self, ctx: Context, push: Push) -> Ready | None:
        """A claimed row as it goes; None when there is nothing to send now, which is then written down."""
        try:
            message = render(ctx, self._texts, push)
        except UNSPEAKABLE as fault:
            # One message that cannot be put into words must not hold up all the others.
            log.error("delivery.unspeakable", push=push.id, key=push.key, fault=type(fault).__name__)
            ctx.tx.outbox.mark_dead(push.id, ctx.now, f"cannot be put into words: {type(fault).__name__}")
            return None
        if message is None:
            ctx.tx.outbox.mark_dead(push.id, ctx.now, "nobody to read it any more")
            return None
        if not _is_reachable(ctx.tx, push):
            set_aside(ctx, push, Why.BLOCKED, self.reaches)
            return None
        return self._pass(ctx, push, message)

    def _pass(self, ctx: Context, push: Push, message: Outgoing) -> Ready | None:
        """What goes now because of this row; None when it waits for its person, or went elsewhere."""
        sender = self._senders[push.channel]
        if push.channel not in ctx.config.windows or not isinstance(sender, Windowed):
            return Ready((push,), message)
        gate = WindowGate(self._texts, sender, self.reaches, ctx.now + timedelta(seconds=LEASE_SECONDS))
        return gate.pass_(ctx, push, message, lambda other: try_render(ctx, self._texts, other))


def _is_reachable(tx: Transaction, push: Push) -> bool:
    """False for somebody who does not want to hear from us until they come back."""
    chat = tx.chats.get(push.channel, push.chat)
    return chat is None or chat.reachable
