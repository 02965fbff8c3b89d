"""Pictures that are drawn for one message, when somebody who was sent that message looks at it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.casework.context import Context
from bot.delivery.words import try_render
from bot.dialogue.message import Drawing, drawing_name
from bot.dialogue.texts import Texts
from bot.reports.painter import Painter
from routing.config import Config
from storage.store import Store, Transaction

LONGEST_NUMBER = 18


class Drawings:
    """The drawings of the outbox by name; nothing of them is kept."""

    def __init__(
        self,
        store: Store,
        config: Callable[[], Config],
        texts: Texts,
        painter: Painter,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._config = config
        self._texts = texts
        self._painter = painter
        self._clock = clock

    async def png(self, name: str, channel: str | None = None, chat: str | None = None) -> bytes | None:
        """The picture, as whoever was sent it may see it now; None when there is none, or it went to another chat.

        Without a chat: for a platform that was given the signed address of this one.
        """

        def look(tx: Transaction) -> Drawing | None:
            push = tx.outbox.get(_number(name))
            if push is None or (chat is not None and (push.channel, push.chat) != (channel, chat)):
                return None
            message = try_render(Context(tx, self._config(), self._clock()), self._texts, push)
            return message.drawing if message is not None else None

        return await self._painter.try_paint(await self._store.read(look))


def is_drawing(name: str) -> bool:
    """Whether a picture's name is that of a drawing."""
    return name == drawing_name(_number(name))


def _number(name: str) -> int:
    """The outbox row in a name; 0, which no row has, in any other."""
    digits = name.rpartition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER else 0
