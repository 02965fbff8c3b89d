"""Keyboards of the citizens' bot: buttons below a message, or ways to share a place or a number that is asked."""

from __future__ import annotations

from bot.channels.telegram_sender import Keyboard, Markup, inline
from bot.dialogue.message import Outgoing, Say
from bot.dialogue.texts import Texts
from storage.records import Priority
from storage.store import Store, Transaction

REMOVED: Markup = {"remove_keyboard": True}


class Keyboards:
    """Chooses the keyboard of each message.

    Telegram shows either buttons below a message or a keyboard in place of the phone's own, and only the latter can
    share a position or a number. There the choices stand as words, which the conversation understands as their buttons.
    It stays until it is taken away, and one message cannot both take it away and bear buttons.
    """

    def __init__(self, store: Store, texts: Texts) -> None:
        self._store = store
        self._texts = texts

    async def of(self, message: Outgoing) -> Keyboard:
        """The keyboard of a message, and what must be said before it to take an earlier one away."""
        language, is_shown = await self._store.read(lambda tx: (_language(tx, message), _is_sharing(tx, message)))
        if _shares(message):
            return Keyboard(self._sharing(message, language))
        # News of a case may come while the place is still being asked, and what is said may end by asking again.
        if not is_shown or message.case_code is not None or await self._store.read(lambda tx: _will_share(tx, message)):
            return Keyboard(inline(message))
        if message.buttons:
            return Keyboard(inline(message), self._texts.pattern("telegram.noted", language), REMOVED)
        return Keyboard(REMOVED)

    def _sharing(self, message: Outgoing, language: str) -> Markup:
        rows: list[list[dict[str, object]]] = []
        if message.asks_place:
            rows.append([{"text": self._texts.pattern("telegram.share_place", language), "request_location": True}])
        if message.asks_phone:
            rows.append([{"text": self._texts.pattern("telegram.share_phone", language), "request_contact": True}])
        rows += [[{"text": choice.label} for choice in row] for row in message.buttons]
        return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}


def _shares(message: Outgoing | Say) -> bool:
    """Whether this message comes with a way to share something; links can only stand below a message."""
    has_links = any(button.url for row in message.buttons for button in row)
    return (message.asks_place or message.asks_phone) and not has_links


def _is_sharing(tx: Transaction, message: Outgoing) -> bool:
    """Whether the conversation's last word in this chat came with such a keyboard."""
    last = tx.outbox.last_reply(message.channel, message.chat)
    return last is not None and bool(last.args) and _shares(Say.from_json(last.args))


def _will_share(tx: Transaction, message: Outgoing) -> bool:
    """Whether an answer right behind this one comes with such a keyboard again: to take it away would be a flicker."""
    following = (push for push in tx.outbox.waiting(message.channel, message.chat) if push.id > message.number)
    return any(_shares(Say.from_json(push.args)) for push in following if push.priority is Priority.REPLY and push.args)


def _language(tx: Transaction, message: Outgoing) -> str:
    chat = tx.chats.get(message.channel, message.chat)
    return tx.citizens.get(chat.citizen).language if chat is not None and chat.citizen is not None else "vi"
