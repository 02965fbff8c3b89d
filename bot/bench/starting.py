"""P13: the default run from nothing to its first answer, and what it holds in memory when nobody speaks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import aiohttp

from bot.bench.goals import Found, Skipped, counted
from bot.bench.house import answered, house, page_of
from bot.bench.machine import processor_seconds, resident_mib
from bot.bench.measuring import spread
from bot.bench.stage import Stage

QUIET_SECONDS = 8.0
"""After the first answer the sample city is still filled; then the process is idle."""
WORDS = "Đèn đường ngõ 12 phố Huế hỏng cả tuần"


def cold(stage: Stage) -> Iterator[Found]:
    """P13: as `make run` on a new machine: no database, no key, the sample city, one message on the page."""
    starts = [asyncio.run(_start(stage, number)) for number in range(stage.sizes.rounds)]
    pages, answers, used, memory = zip(*starts, strict=True)
    note = f"trang hiện ra sau {spread(pages).median:.1f} s"
    if all(seconds is not None for seconds in used):
        note += f"; bộ xử lý làm việc {spread(used).median:.1f} s"
    yield counted("P13.start", answers, note)
    known = tuple(mib for mib in memory if mib is not None)
    if known:
        yield counted("P13.memory", known)
    else:
        yield Skipped("P13", "hệ điều hành không cho biết bộ nhớ của tiến trình")


async def _start(stage: Stage, number: int) -> tuple[float, float, float | None, float | None]:
    """Seconds to the page and to the answer, seconds of processors until then, MiB when idle."""
    jar = aiohttp.CookieJar(unsafe=True)
    with house(stage, f"start-{number}", sample=True) as at:
        async with aiohttp.ClientSession(cookie_jar=jar, timeout=aiohttp.ClientTimeout(total=120)) as http:
            page = await page_of(http, at)
            shown = time.perf_counter() - at.began
            told = await answered(http, at, page, WORDS) - at.began
            used = processor_seconds(at.process)
        await asyncio.sleep(QUIET_SECONDS)
        return shown, told, used, resident_mib(at.process)
