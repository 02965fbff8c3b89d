"""P6: the store's commits in groups against a raw commit for each message."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import closing

from bot.bench.anchors import REPLY, Journal, in_flight
from bot.bench.goals import Finding, compared, of_processors
from bot.bench.measuring import alternately, watched
from bot.bench.stage import Stage
from storage.outbox import NewPush
from storage.records import PersonId, Priority, Session
from storage.store import Transaction

GROUP = 64
"""Works that wait at once, so that they share commits."""


def in_groups(stage: Stage) -> Iterator[Finding]:
    """P6: the same three rows of a message on both sides; ours sealed, and through the store."""
    store, clock, count = stage.service.store, stage.service.clock, stage.sizes.messages
    numbers = itertools.count()

    async def ours(number: int) -> None:
        chat, person, now = f"group-{number}", PersonId(f"group-{number % GROUP}"), clock()

        def work(tx: Transaction) -> None:
            tx.inputs.first_time("bench", chat, str(number), now)
            tx.sessions.save(Session("bench", chat, {"words": stage.texts[0]}, now), person)
            tx.outbox.add(NewPush("bench", chat, person, "reply", {"words": REPLY}, Priority.REPLY, now))

        await store.write(work)

    with asyncio.Runner() as runner, closing(Journal(stage.folder / "groups.db")) as journal:

        def together() -> None:
            runner.run(in_flight(ours, itertools.islice(numbers, count), GROUP))

        def each() -> None:
            for number in itertools.islice(numbers, count):
                journal.commit(f"group-{number}", str(number), stage.texts[0])

        used: tuple[list[float], list[float]] = ([], [])
        pairs = alternately(watched(together, count, used[0]), watched(each, count, used[1]), stage.sizes.rounds)
    yield compared("P6.groups", pairs, f"{of_processors(*used)}; {GROUP} việc chờ cùng lúc")
