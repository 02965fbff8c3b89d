"""What the officers' bot knows of the desk: buttons by short random names, menus by role, the group's one command."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.casework.context import Refused
from bot.casework.permissions import ensure_active
from bot.channels.telegram_sender import Keyboard
from bot.desk.guide import menu_of
from bot.dialogue.message import Incoming, Outgoing
from bot.dialogue.texts import Texts
from storage.records import Role
from storage.store import Store, Transaction

_NAMED = re.compile(r"\s*/\w+@(\w+)")
VALID_FOR = timedelta(days=30)
NAME_BYTES = 12
"""96 random bits: the name of a button cannot be guessed, and rights are asked again all the same."""


def command_menu(texts: Texts, role: Role) -> tuple[tuple[str, str], ...]:
    """Commands and their words, in the order in which they are shown."""
    return tuple((name, _capital(texts.pattern(f"desk.can.{name}"))) for name in menu_of(role))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def group_command(heard: Incoming, who: str, words: str, bot: str) -> Incoming | None:
    """In a group only /nhom is heard: it says which group; everything else there is talk among colleagues.

    `words` is the message as it was written: a command may name another bot than `bot`.
    """
    named = _NAMED.match(words)
    if heard.command != "nhom" or (named is not None and named.group(1).lower() != bot.lower()):
        return None
    return replace(heard, chat=who, key=f"g{heard.chat}:{heard.key}", argument=f"{heard.chat} {heard.argument}".strip())


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press becomes: a message to the desk, if it may be heard, and a word shown at once above the chat."""

    heard: Incoming | None
    word: str | None = None
    """Key of a text of at most 200 characters that says nothing of any case."""


class Presses:
    """Buttons of staff: their meaning stays in the database, under a random name and for one chat."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def keyboard(self, message: Outgoing) -> Keyboard:
        """Names each button and remembers what it means."""
        if not message.buttons:
            return Keyboard()
        owner, ends_at = f"{message.channel}:{message.chat}", self._clock() + VALID_FOR
        meant: dict[str, str] = {}
        rows = []
        for row in message.buttons:
            shown = []
            for choice in row:
                if choice.url:
                    shown.append({"text": choice.label, "url": choice.url})
                    continue
                name = secrets.token_urlsafe(NAME_BYTES)
                meant[name] = choice.press
                shown.append({"text": choice.label, "callback_data": name})
            rows.append(shown)

        def remember(tx: Transaction) -> None:
            for name, press in meant.items():
                tx.presses.add(name, owner, {"press": press}, ends_at)

        if meant:
            await self._store.write(remember)
        return Keyboard({"inline_keyboard": rows})

    async def meant(self, channel: str, chat: str, name: str) -> str | None:
        """What a button of this chat means; None when it is unknown, too old or another chat's."""
        now = self._clock()
        found = await self._store.read(lambda tx: tx.presses.get(name, f"{channel}:{chat}", now))
        return str(found["press"]) if found is not None else None

    async def pressed(self, blank: Incoming, where: str, message: str, name: str) -> Pressed:
        """A press below a message of a chat; a button that has lost its meaning shows that case as it is now.

        In a group, whoever is no active member of staff gets a word that vanishes, and the desk hears nothing of it.
        """
        is_group = where != blank.chat
        refusal = await self._store.read(lambda tx: _refusal(tx, blank.channel, blank.chat)) if is_group else None
        if refusal is not None:
            return Pressed(None, refusal)
        press = await self.meant(blank.channel, where, name)
        if press:
            return Pressed(replace(blank, press=press), "telegram.press.elsewhere" if is_group else None)

        def look(tx: Transaction) -> str:
            push = tx.outbox.by_ref(blank.channel, where, message)
            return str(tx.cases.get(push.case).code) if push is not None and push.case is not None else ""

        heard = replace(blank, command="xem", argument=await self._store.read(look), reply_to=message)
        return Pressed(heard, "telegram.press.old")

    async def role(self, channel: str, chat: str) -> Role | None:
        """The role of a confirmed member of staff behind a chat."""

        def look(tx: Transaction) -> Role | None:
            known = tx.chats.get(channel, chat)
            officer = tx.officers.get(known.officer) if known is not None and known.officer is not None else None
            return officer.role if officer is not None and officer.is_active else None

        return await self._store.read(look)


def _refusal(tx: Transaction, channel: str, chat: str) -> str | None:
    """Why the person behind a private chat may not press a button of staff; None when they may."""
    known = tx.chats.get(channel, chat)
    if known is None or known.officer is None:
        return "telegram.press.stranger"
    try:
        ensure_active(tx.officers.get(known.officer))
    except Refused as refused:
        return refused.key
    return None
