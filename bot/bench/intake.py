"""P1, P2, P5: a message of Telegram from the raw update to its commit, many at once and alone."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from bot.bench.anchors import TOKEN, Journal, bare_dispatch, bot_to_nowhere, in_flight
from bot.bench.goals import Finding, compared, of_processors
from bot.bench.measuring import Timed, alternately, percentile, timed, watched
from bot.bench.messages import NAMED, update, updates
from bot.bench.stage import Stage
from bot.channels.telegram_bot import Heard as FromChannel
from bot.channels.telegram_bot import Parts, TelegramBot
from bot.channels.telegram_legible import legible
from bot.dialogue.engine import step
from bot.dialogue.session import Heard, Known, Scene, Session

AT_ONCE = 100
ALONE = 60
"""Messages in one round of those that come alone."""

Raws = list[dict[str, Any]]

_journals = itertools.count(1)


class Intake:
    """Our bot of citizens and the anchor beside it, in one event loop."""

    def __init__(self, stage: Stage, runner: asyncio.Runner) -> None:
        self._texts = stage.texts
        self._chats = itertools.count(1_000)
        self._run = runner.run
        self._bot = citizens_bot(stage)
        self._run(self._bot.start())
        self._journal = Journal(stage.folder / f"journal-{next(_journals)}.db")
        self._bare = bare_dispatch(lambda m: self._journal.commit(str(m.chat.id), str(m.message_id), m.text))

    def tellings(self, count: int, before: str = "") -> Raws:
        """So many people tell their matter, each having said hello before; `before` is put before their words."""
        chats = list(itertools.islice(self._chats, count))
        self.take([update(chat, "/start") for chat in chats], AT_ONCE)
        return [update(chat, before + self._texts[n % len(self._texts)]) for n, chat in enumerate(chats)]

    def take(self, raws: Raws, at_once: int) -> None:
        """Our whole intake: returns when every message is committed."""
        self._run(in_flight(self._bot.hear, raws, at_once))

    def take_barely(self, raws: Raws, at_once: int) -> None:
        """The anchor's."""
        self._run(in_flight(self._bare, raws, at_once))

    def close(self) -> None:
        self._run(self._bot.stop())
        self._journal.close()


def citizens_bot(stage: Stage) -> TelegramBot:
    """The citizens' bot around the stage's service, speaking to nobody."""
    from bot.channels.telegram_citizen import TelegramCitizens

    service = stage.service
    parts = Parts(
        store=service.store,
        files=service.files,
        texts=service.texts,
        work=service.converse.work,
        clock=service.clock,
        wake=lambda: None,
        token=TOKEN,
        api_base="http://127.0.0.1:9",
        trouble=lambda *_: None,
        note=lambda *_: None,
        webhook=("https://bench.invalid/", "no-secret-at-all"),
    )
    return TelegramCitizens(parts, bot=bot_to_nowhere())


def many_at_once(stage: Stage) -> Iterator[Finding]:
    """P1: a hundred in flight, with synchronous=FULL on both sides."""
    count = stage.sizes.messages
    with asyncio.Runner() as runner, closing(Intake(stage, runner)) as intake:

        def measured(take: Callable[[Raws, int], None], before: str, used: list[float]) -> Timed:
            def once() -> float:
                raws = intake.tellings(count, before)
                return watched(lambda: take(raws, AT_ONCE), count, used)()

            return once

        for name, before in (("P1.few_words", ""), ("P1.with_names", NAMED)):
            used: tuple[list[float], list[float]] = ([], [])
            ours = measured(intake.take, before, used[0])
            anchor = measured(intake.take_barely, before, used[1])
            pairs = alternately(ours, anchor, stage.sizes.rounds)
            yield compared(name, pairs, of_processors(*used))


def alone(stage: Stage) -> Iterator[Finding]:
    """P2: one message after the other; the median of each round."""
    count = min(ALONE, stage.sizes.messages)
    with asyncio.Runner() as runner, closing(Intake(stage, runner)) as intake:

        def measured(take: Callable[[Raws, int], None]) -> Timed:
            def once() -> float:
                return percentile([timed(partial(take, [raw], 1))() for raw in intake.tellings(count)], 0.5)

            return once

        yield compared("P2.alone", alternately(measured(intake.take), measured(intake.take_barely), stage.sizes.rounds))


def channel_and_step(stage: Stage) -> Iterator[Finding]:
    """P5: the adapter and one step of the dialogue, the words having been read before; processor time."""
    service = stage.service
    wards = {code: ward.full_name for code, ward in service.geography.wards.items()} if service.geography else {}
    scene = Scene(service.current_config(), Known(consented=True), service.clock(), wards)
    raws = updates(stage.texts, stage.sizes.texts, AT_ONCE)
    readings = {text: service.reader.read(text) for text in stage.texts}
    bot, bare = citizens_bot(stage), bare_dispatch()

    async def ours(raw: Mapping[str, Any]) -> None:
        found, update = FromChannel(), legible(raw)
        assert update is not None
        await bot.feed(update, found)
        heard = Heard(found.said[0], readings[str(found.said[0].text)])
        step(Session(), heard, scene)

    with asyncio.Runner() as runner:

        def measured(feed: Callable[[Mapping[str, Any]], Awaitable[None]]) -> Timed:
            return timed(lambda: runner.run(in_flight(feed, raws, 1)), len(raws), time.process_time)

        yield compared("P5.adapter", alternately(measured(ours), measured(bare), stage.sizes.rounds))
