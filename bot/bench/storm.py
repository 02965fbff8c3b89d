"""P11: very many messages through the webhook of the running service, as many at a time as Telegram sends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.bench.anchors import TOKEN, heard_in, in_flight
from bot.bench.goals import Finding, counted
from bot.bench.house import House, house, page_of, platform
from bot.bench.measuring import percentile
from bot.bench.messages import update, updates
from bot.bench.stage import Stage

AT_ONCE = 40
"""Connections that Telegram opens to a webhook unless told otherwise."""
CHATS_SHARE = 3
"""Messages of one chat."""
SECRET = "no-secret-of-anybody"  # noqa: S105 - as it says
HEADER = "X-Telegram-Bot-Api-Secret-Token"
WARM = 120
"""Messages before the storm: the first ones after a start are taken one by one."""


@dataclass(frozen=True, slots=True)
class _Storm:
    seconds: float
    waits: list[float]
    lost: int


def storm(stage: Stage) -> Iterator[Finding]:
    """P11: each message is answered only when it is committed."""
    found = asyncio.run(_storm(stage))
    note = f"{stage.sizes.storm:,} tin, {AT_ONCE} cùng lúc"
    yield counted("P11.rate", (stage.sizes.storm / found.seconds,), note)
    yield counted("P11.lost", (float(found.lost),), note)
    yield counted("P11.slowest", (1000 * percentile(found.waits, 0.99),), note)


async def _storm(stage: Stage) -> _Storm:
    count = stage.sizes.storm
    settings = {"TELEGRAM_CITIZEN_TOKEN": TOKEN, "PUBLIC_URL": "https://bench.invalid", "WEBHOOK_SECRET": SECRET}
    async with platform() as base:
        with house(stage, "storm", sample=False, TELEGRAM_API_BASE=base, **settings) as at:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as http:
                await page_of(http, at)
                waits: list[float] = []

                async def post(raw: Mapping[str, Any]) -> None:
                    waits.append(await _post(http, at, raw))

                await in_flight(post, [update(n + 1, "/start") for n in range(WARM)], AT_ONCE)
                waits.clear()
                raws = updates(stage.texts, count, max(1, count // CHATS_SHARE))
                began = time.perf_counter()
                await in_flight(post, raws, AT_ONCE)
                seconds = time.perf_counter() - began
            heard = heard_in(at.database)
    return _Storm(seconds, waits, WARM + count - heard)


async def _post(http: aiohttp.ClientSession, at: House, raw: Mapping[str, Any]) -> float:
    """Brings an update until it is taken, as the platform does; returns the seconds of the last try."""
    while True:
        began = time.perf_counter()
        async with http.post(f"{at.url}/hook/telegram", json=raw, headers={HEADER: SECRET}) as answer:
            if answer.status == 200:
                return time.perf_counter() - began
        await asyncio.sleep(0.1)
