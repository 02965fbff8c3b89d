"""The door for Telegram's webhooks: the secret is compared before anything is read; 200 only after the commit."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import structlog
from aiohttp import web

from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_updates import number_of
from bot.channels.webhook_body import body_of

log = structlog.get_logger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATIENCE_SECONDS = 50.0
"""Telegram repeats what is not answered within a minute."""


def webhook_routes(edges: Iterable[object]) -> list[web.RouteDef]:
    """One address for each of Telegram's bots that has a webhook."""
    bots = [edge for edge in edges if isinstance(edge, TelegramBot) and edge.parts.webhook is not None]
    return [web.post(f"/hook/{bot.name}", _take_for(bot)) for bot in bots]


def _take_for(bot: TelegramBot) -> Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]:
    assert bot.parts.webhook is not None
    secret = bot.parts.webhook[1].encode()

    async def take(request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, secret):
            log.warning("telegram.wrong_secret", bot=bot.name)
            raise web.HTTPForbidden
        try:
            raw = json.loads(await body_of(request))
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest from None
        if number_of(raw) is None:
            raise web.HTTPBadRequest
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await bot.hear(raw)
        except Exception as fault:
            # Not committed: Telegram shall send it again.
            log.error("telegram.webhook_failed", bot=bot.name, fault=type(fault).__name__)
            raise web.HTTPServiceUnavailable from fault
        return web.Response()

    return take
