"""P7, P8: what is due among very many open cases, against plain SQL on the same tables."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from functools import partial

from bot.bench.anchors import RawSweep
from bot.bench.city import NOW, QUIET, city, instant
from bot.bench.goals import Finding, compared, counted, of_processors
from bot.bench.measuring import alternately, many, timed, watched
from bot.bench.stage import Stage
from bot.casework.context import Context
from bot.casework.sweeps import LIMIT, sweep_cases
from routing.config import Config
from storage.store import Store, Transaction

LOOKS = 50
"""Idle sweeps in one round."""


def sweep(store: Store, config: Config, now: datetime, limit: int = LIMIT) -> int:
    """Sweeps as the jobs do, in transactions of at most `LIMIT` cases, until so many were acted upon or none is due."""
    done = 0
    while done < limit:
        share = min(LIMIT, limit - done)
        found = store.write_now(partial(_swept, config=config, now=now, limit=share))
        done += found
        if found < share:
            break
    return done


def _swept(tx: Transaction, config: Config, now: datetime, limit: int) -> int:
    return sweep_cases(Context(tx, config, now), limit)


def idle(stage: Stage) -> Iterator[Finding]:
    """P7: nothing is due; processor time, as nothing is waited for."""
    sizes, config = stage.sizes, stage.service.current_config()
    large, few = city(stage, sizes.cases), city(stage, sizes.few)
    with closing(large.open()) as full, closing(few.open()) as small, closing(RawSweep(large.path)) as raw:
        ours, little, anchor = (
            timed(many(look, LOOKS), LOOKS, time.process_time)
            for look in (
                partial(sweep, full, config, QUIET),
                partial(sweep, small, config, QUIET),
                partial(raw.look, instant(QUIET), LIMIT),
            )
        )
        yield compared("P7.idle", alternately(ours, anchor, sizes.rounds), f"{sizes.cases:,} vụ")
        yield compared("P7.growth", alternately(ours, little, sizes.rounds), f"{sizes.cases:,} : {sizes.few:,} vụ")


def due(stage: Stage) -> Iterator[Finding]:
    """P8: each round takes the next of those that are longest due."""
    sizes, config = stage.sizes, stage.service.current_config()
    large = city(stage, sizes.cases)
    with closing(large.open()) as store, closing(RawSweep(large.path)) as raw:

        def ours() -> None:
            assert sweep(store, config, NOW, sizes.swept) == sizes.swept, "too few were due"

        def anchor() -> None:
            raw.remind(instant(NOW), sizes.swept)

        used: tuple[list[float], list[float]] = ([], [])
        pairs = alternately(watched(ours, sizes.swept, used[0]), watched(anchor, sizes.swept, used[1]), sizes.rounds)
    note = f"{sizes.due:,} vụ đến hạn trong {sizes.cases:,}"
    yield compared("P8.due", pairs, f"{of_processors(*used)}; {note}")
    yield counted("P8.rate", tuple(1 / seconds for seconds in pairs.ours), note)
