"""Messages of a platform with a window: joined, sent while there is room, else sent elsewhere or parked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.casework.contact import other_chat
from bot.casework.context import Context
from bot.casework.facts import facts_of
from bot.casework.window import Need, Piece, group, left_now, need_of, room_for
from bot.dialogue.message import Outgoing, Say, Words, raw
from bot.dialogue.texts import Texts
from routing.config import MessageWindow
from storage.records import Chat, CitizenId, Priority, Push

JOINED_CHARS = 1800
"""Joined messages stay below what any platform with a window takes in one piece."""
MENU_CHARS = 60
"""For the line below a menu."""
CLOSED = "closed"
SPENT = "spent"
KNOCKED = "knocked"
"""Why a message is parked: the window is over; it is used up; a template has invited the person back."""

Render = Callable[[Push], Outgoing | None]
"""The words of a row; None when there are none: it is dealt with when its own turn comes."""


@runtime_checkable
class Windowed(Protocol):
    """A sender whose platform counts messages since the person's last one."""

    def places(self, message: Outgoing) -> int:
        """How many messages of the platform this one takes."""
        ...


@runtime_checkable
class Knocking(Protocol):
    """A sender that can invite somebody back by a paid template."""

    async def knock(self, knock: Knock) -> None:
        """Raises SendFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Knock:
    """A template to be sent to a telephone number (ten digits), with the words for its places."""

    phone: str
    template: str
    words: dict[str, str]
    number: int
    """The row because of which it is sent."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Rows that go as one message; the last one's menu is the message's."""

    pushes: tuple[Push, ...]
    message: Outgoing
    places: int = 0
    """Messages of the platform's window that it takes; 0 where there is no window."""
    knock: Knock | None = field(default=None)
    """Sent instead of the message, which then waits for the person."""

    @property
    def push(self) -> Push:
        return self.pushes[-1]


class WindowGate:
    """Decides what becomes of a claimed row, inside the transaction that claimed it."""

    def __init__(self, texts: Texts, sender: Windowed, is_open: Callable[[str], bool], lease_until: datetime) -> None:
        """`is_open` tells which channels reach people by themselves."""
        self._texts = texts
        self._sender = sender
        self._is_open = is_open
        self._lease_until = lease_until

    def pass_(self, ctx: Context, push: Push, message: Outgoing, render: Render) -> Ready | None:
        """What to send now because of this row, with others of its chat; None when it waits or went elsewhere."""
        limits = ctx.config.windows[push.channel]
        waiting = {push.id: (push, message)}
        for other in ctx.tx.outbox.beside(push, ctx.now):
            if (words := render(other)) is not None:
                waiting[other.id] = (other, words)
        chosen = group([_piece(*each) for each in waiting.values()], JOINED_CHARS)
        if all(piece.number != push.id for piece in chosen):
            ctx.tx.outbox.lease(push.id, None)
        pushes = tuple(waiting[piece.number][0] for piece in chosen)
        joined = join([waiting[piece.number][1] for piece in chosen])
        chat = ctx.tx.chats.get(push.channel, push.chat)
        left = left_now(chat.free_left, chat.window_ends_at, ctx.now) if chat else 0
        room = room_for(limits, left, min(piece.need for piece in chosen))
        fitted = fit(joined, room, self._sender)
        if fitted is not None:
            for each in pushes:
                ctx.tx.outbox.lease(each.id, self._lease_until)
            return Ready(pushes, fitted, self._sender.places(fitted))
        return self._hold_back(ctx, pushes, joined, chat, limits)

    def _hold_back(
        self, ctx: Context, pushes: tuple[Push, ...], message: Outgoing, chat: Chat | None, limits: MessageWindow
    ) -> Ready | None:
        """Another chat of the same person, a template once, or the next contact."""
        kept = tuple(push for push in pushes if not send_elsewhere(ctx, push, self._is_open))
        for each in kept:
            if each.priority is Priority.DIGEST:
                # A digest or a nudge is worth its hour, and would only come in the way of whoever is back.
                ctx.tx.outbox.mark_dead(each.id, ctx.now, "out of date when its person was there again")
        kept = tuple(push for push in kept if push.priority is not Priority.DIGEST)
        is_over = chat is None or chat.window_ends_at is None or chat.window_ends_at <= ctx.now
        knock = self._knock(ctx, kept[-1], chat, limits) if kept and is_over else None
        if knock is not None:
            for each in kept:
                ctx.tx.outbox.lease(each.id, self._lease_until)
            return Ready(kept, message, knock=knock)
        for each in kept:
            ctx.tx.outbox.park(each.id, CLOSED if is_over else SPENT)
        return None

    def _knock(self, ctx: Context, push: Push, chat: Chat | None, limits: MessageWindow) -> Knock | None:
        """A template is paid for: only for a case, only to act or rate, and once until the person is back."""
        if limits.template is None or push.case is None or chat is None or chat.citizen is None:
            return None
        if not isinstance(self._sender, Knocking) or ctx.tx.outbox.has_parked(push.channel, push.chat, KNOCKED):
            return None
        phone = ctx.tx.citizens.get(CitizenId(chat.citizen)).phone
        if phone is None or need_of(Say.from_json(push.args), push.priority) not in (Need.ACT, Need.RATING):
            return None
        facts = facts_of(ctx, ctx.tx.cases.get(push.case))
        words = {place: self._say(facts[fact]) for place, fact in limits.template.fields.items()}
        return Knock(phone, limits.template.id, words, push.id)

    def _say(self, fact: object) -> str:
        return self._texts.say(fact if isinstance(fact, Words) else raw(str(fact)))


def send_elsewhere(ctx: Context, push: Push, is_open: Callable[[str], bool]) -> bool:
    """Turns a push (no reply) to another chat of the same person, if there is one."""
    if push.priority is Priority.REPLY:
        return False
    other = other_chat(ctx, push.channel, push.chat, is_open)
    if other is not None:
        ctx.tx.outbox.redirect(push.id, other.channel, other.chat)
    return other is not None


def join(messages: Sequence[Outgoing]) -> Outgoing:
    """Several messages as one: all words, and what the last one carries."""
    return replace(messages[-1], text="\n\n".join(message.text for message in messages))


def fit(message: Outgoing, room: int, sender: Windowed) -> Outgoing | None:
    """The message with as many pictures as there is room for; None when not even the words have room."""
    while sender.places(message) > room:
        if message.drawing is not None:
            message = replace(message, drawing=None)
        elif message.pictures:
            message = replace(message, pictures=message.pictures[:-1])
        else:
            return None
    return message


def _piece(push: Push, message: Outgoing) -> Piece:
    menu = sum(len(choice.label) + len(choice.url or "") + BETWEEN_LINES for choice in message.choices)
    return Piece(
        number=push.id,
        need=need_of(Say.from_json(push.args), push.priority),
        length=len(message.text) + (menu + MENU_CHARS if menu else 0),
        is_plain=not (message.choices or message.pictures or message.document or message.drawing),
    )


BETWEEN_LINES = 6
"""Number, full stop, spaces and line break of one choice."""
