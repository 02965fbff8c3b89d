"""What every route needs: the service behind the pages, and the parts of the pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.channels.web.drawings import Drawings
from bot.channels.web.guard import Guard
from bot.channels.web.login import Logins
from bot.channels.web.maps import Maps
from bot.channels.web.metrics import Metrics
from bot.channels.web.pictures import Pictures
from bot.channels.web.stream import History, Lines
from bot.channels.web.uploads import Uploads
from bot.dialogue.message import Incoming
from bot.dialogue.texts import Texts
from routing.config import Config
from storage.store import Store

Hear = Callable[[Incoming], Awaitable[object]]


@dataclass(frozen=True)
class House:
    """Everything that the routes share."""

    store: Store
    config: Callable[[], Config]
    texts: Texts
    clock: Callable[[], datetime]
    hear: Mapping[str, Hear]
    """By channel: "web" to the conversation, "desk" to the desk. Each returns after COMMIT."""
    guard: Guard
    lines: Lines
    history: History
    pictures: Pictures
    drawings: Drawings
    uploads: Uploads
    logins: Logins
    maps: Maps | None
    metrics: Metrics
    wake: Callable[[], None]
    """Something was committed: delivery and media may have work."""


HOUSE = web.AppKey("house", House)


def house_of(request: web.Request) -> House:
    return request.app[HOUSE]
