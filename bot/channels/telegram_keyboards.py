"""Keyboards of the citizens' bot: buttons below a message, or ways to share a place or a number that is asked."""

from __future__ import annotations

from bot.channels.telegram_sender import Markup, inline
from bot.dialogue.message import Outgoing
from bot.dialogue.texts import Texts
from storage.store import Store, Transaction


class Keyboards:
    """Chooses the keyboard of each message.

    Telegram shows either buttons below a message or a keyboard in place of the phone's own, and only the latter can
    share a position or a number. There the choices stand as words, which the conversation understands as their buttons.
    """

    def __init__(self, store: Store, texts: Texts) -> None:
        self._store = store
        self._texts = texts
        self._shown: set[str] = set()
        """Chats that still have such a keyboard."""

    async def of(self, message: Outgoing) -> Markup | None:
        """The keyboard, or its removal, or None."""
        if (message.asks_place or message.asks_phone) and not any(choice.url for choice in message.choices):
            self._shown.add(message.chat)
            return await self._sharing(message)
        if message.buttons:
            return inline(message)
        if message.chat in self._shown:
            self._shown.discard(message.chat)
            return {"remove_keyboard": True}
        return None

    async def _sharing(self, message: Outgoing) -> Markup:
        language = await self._store.read(lambda tx: _language(tx, message))
        rows: list[list[dict[str, object]]] = []
        if message.asks_place:
            rows.append([{"text": self._texts.pattern("telegram.share_place", language), "request_location": True}])
        if message.asks_phone:
            rows.append([{"text": self._texts.pattern("telegram.share_phone", language), "request_contact": True}])
        rows += [[{"text": choice.label} for choice in row] for row in message.buttons]
        return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}


def _language(tx: Transaction, message: Outgoing) -> str:
    chat = tx.chats.get(message.channel, message.chat)
    return tx.citizens.get(chat.citizen).language if chat is not None and chat.citizen is not None else "vi"
