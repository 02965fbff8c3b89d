"""The platforms that the running service listens and speaks to: those whose tokens are set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from bot.app import Service
from bot.dialogue.message import Outgoing


class Edge(Protocol):
    """A platform, heard and spoken to."""

    @property
    def name(self) -> str: ...

    async def start(self) -> None: ...

    async def stop_hearing(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, message: Outgoing) -> str | None: ...

    async def fetch(self, ref: str) -> bytes: ...


def edges_of(
    service: Service, wake: Callable[[], None], public_picture: Callable[[str], str | None]
) -> tuple[Edge, ...]:
    """The platforms whose token is set; the others cost not even an import."""
    edges: list[Edge] = []
    settings = service.settings
    if settings.zalo_bot_token is not None or settings.zalo_oa_app_id is not None:
        from bot.zalo_edge import zalo_channels

        edges += zalo_channels(service, wake, public_picture)
    if settings.telegram_citizen_token is not None or settings.telegram_staff_token is not None:
        from bot.telegram_edge import telegram_channels

        edges += telegram_channels(service, wake)
    return tuple(edges)
