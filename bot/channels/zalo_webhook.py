"""The doors for Zalo's webhooks: proven before it is read as anything, committed before it is answered, counted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable, Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Protocol, runtime_checkable

import structlog
from aiohttp import web

from bot.channels.web.house import house_of
from bot.channels.webhook_body import body_of
from bot.dialogue.message import Outcome

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 1.8
"""Zalo wants its answer within 2 s (third party); what is not committed by then is asked for again by a 503."""


class Verdict(StrEnum):
    """Why a call is turned away; also the name under which it is counted."""

    FORGED = "forged"
    STALE = "stale"
    MALFORMED = "malformed"


STATUS = {
    Verdict.FORGED: HTTPStatus.FORBIDDEN,
    Verdict.STALE: HTTPStatus.FORBIDDEN,
    Verdict.MALFORMED: HTTPStatus.BAD_REQUEST,
}


class TurnedAway(Exception):
    """A call that is not heard."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.value)
        self.verdict = verdict


@runtime_checkable
class Hooked(Protocol):
    """A platform that calls us."""

    @property
    def name(self) -> str: ...

    @property
    def has_webhook(self) -> bool: ...

    def open(self, headers: Mapping[str, str], raw: bytes) -> Mapping[str, Any]:
        """The update in a call, once it has proven whose it is. Raises TurnedAway."""
        ...

    async def take(self, update: Mapping[str, Any]) -> Outcome | None:
        """Carries an update to its commit; None when it says nothing to us. Raises what kept it from that."""
        ...


def zalo_routes(edges: Iterable[object]) -> list[web.RouteDef]:
    """One address for each of Zalo's platforms that calls us."""
    hooked = [edge for edge in edges if isinstance(edge, Hooked) and edge.has_webhook]
    return [web.post(f"/hook/{edge.name}", _take_for(edge)) for edge in hooked]


def object_in(raw: bytes) -> Mapping[str, Any]:
    """The JSON object of a body. Raises TurnedAway."""
    try:
        update = json.loads(raw)
    except (ValueError, RecursionError):
        raise TurnedAway(Verdict.MALFORMED) from None
    if not isinstance(update, dict):
        raise TurnedAway(Verdict.MALFORMED)
    return update


def _take_for(edge: Hooked) -> Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]:
    async def take(request: web.Request) -> web.Response:
        count = house_of(request).metrics.called
        try:
            update = edge.open(request.headers, await _body(request))
        except TurnedAway as away:
            count(edge.name, away.verdict.value)
            log.warning("zalo.turned_away", channel=edge.name, why=away.verdict.value)
            return web.Response(status=STATUS[away.verdict])
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                outcome = await edge.take(update)
        except Exception as fault:
            # Not committed, as far as we know: Zalo shall send it again, and a second time changes nothing.
            is_late = isinstance(fault, TimeoutError)
            count(edge.name, "late" if is_late else "failed")
            log.error("zalo.not_taken", channel=edge.name, fault=type(fault).__name__)
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        count(edge.name, outcome.value if outcome is not None else "silent")
        return web.Response()

    return take


async def _body(request: web.Request) -> bytes:
    try:
        return await body_of(request)
    except web.HTTPRequestEntityTooLarge:
        raise TurnedAway(Verdict.MALFORMED) from None
