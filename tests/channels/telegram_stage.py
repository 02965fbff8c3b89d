"""A whole service with a Telegram bot, run over real HTTP against the server of `tests.doubles.telegram`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from bot.app import Service, media_of, open_service
from bot.casework.context import Context
from bot.casework.report_trouble import note_trouble, report_trouble
from bot.channels.telegram_bot import Parts, TelegramBot
from bot.delivery import Delivery
from bot.dialogue.message import Say, raw
from bot.settings import Settings
from storage.outbox import NewPush
from storage.records import Priority, Push
from storage.store import Transaction
from tests.conversations.play import NO_MODEL, SureReader
from tests.doubles.telegram import Call, TelegramServer
from tests.empty_database import lay_empty
from tests.waiting import PATIENCE_SECONDS, StoryClock, until, until_at_rest

ROOT = Path(__file__).parent.parent.parent
CITIZENS = "111:citizens"
STAFF = "222:staff"


class Town:
    """The server, the service, and the bots that are at work."""

    def __init__(self, folder: Path, server: TelegramServer, service: Service) -> None:
        self.folder = folder
        self.server = server
        self.service = service
        self.bots: dict[str, TelegramBot] = {}
        self.delivery: Delivery | None = None
        self.lan = 5000
        """The chat of the citizen who is talking."""

    def parts(self, token: str, webhook: tuple[str, str] | None = None) -> Parts:
        side = self.service.converse if token == CITIZENS else self.service.desk
        return Parts(
            store=self.service.store,
            files=self.service.files,
            texts=self.service.texts,
            work=side.work,
            clock=self.service.clock,
            wake=self.wake,
            token=token,
            api_base=self.server.base,
            trouble=self.trouble,
            note=self.note,
            webhook=webhook,
            painter=self.service.painter,
        )

    def trouble(self, tx: Transaction, now: datetime, kind: str, where: str, why: str) -> None:
        report_trouble(Context(tx, self.service.current_config(), now), kind, where, why)

    def note(
        self, tx: Transaction, now: datetime, kind: str, where: str, why: str | None, facts: dict[str, object]
    ) -> None:
        note_trouble(Context(tx, self.service.current_config(), now), kind, where, why, **facts)

    def wake(self) -> None:
        if self.delivery is not None:
            self.delivery.wake()

    @contextlib.asynccontextmanager
    async def at_work(self, *bots: TelegramBot) -> AsyncIterator[None]:
        """Bots, delivery and pictures run for as long as the block lasts."""
        service = self.service
        named = {bot.name: bot for bot in bots}
        self.delivery = Delivery(service.store, service.current_config, service.texts, named, service.clock)
        media = media_of(service, named, self.delivery.wake)
        for bot in bots:
            await bot.start()
        tasks = [asyncio.create_task(self.delivery.run()), asyncio.create_task(_often(media))]
        try:
            yield
        finally:
            for bot in bots:
                await bot.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def push(self, channel: str, chat: int, words: str, priority: Priority = Priority.STATUS) -> int:
        """Puts a message into the outbox; its number."""
        new = NewPush(channel, str(chat), None, "raw", Say(raw(words)).to_json(), priority, self.service.clock())
        number = self.service.store.write_now(lambda tx: tx.outbox.add(new))
        self.wake()
        assert number is not None
        return number

    def row(self, number: int) -> Push:
        """What the outbox knows of it."""
        found = self.service.store.read_now(lambda tx: tx.outbox.get(number))
        assert found is not None
        return found

    async def said(self, words: str, chat: int | None = None, seconds: float = PATIENCE_SECONDS) -> Call:
        """Waits until a message with these words stands in the chat, and returns the newest."""

        chat = self.lan if chat is None else chat

        def look() -> Call | None:
            return next((c for c in reversed(self.server.sent(chat)) if words in c.text), None)

        try:
            found: Call = await until(look, seconds)
        except AssertionError:
            raise AssertionError(
                f"never said: {words!r}; said: {[c.text[:60] for c in self.server.sent(chat)]}"
            ) from None
        return found

    async def silence(self, *tokens: str) -> None:
        """Everything that these bots were given is heard, and whatever was to be said has been said."""
        for token in tokens:
            await self.server.until_idle(token)
        await until_at_rest(self.service.store, self.service.clock)


async def _often(media: object) -> None:
    while True:
        await media.fetch_due()
        await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    """A service on an empty database beside a server."""
    settings = Settings(
        _env_file=None,
        database_url=lay_empty(folder / "test.db", folder / "master.key"),
        var_dir=folder / "var",
        key_file=folder / "master.key",
        config_file=ROOT / "config.yaml",
        model_file=NO_MODEL,
    )
    loop = asyncio.get_running_loop()
    service = open_service(settings, StoryClock(lambda: loop.time()), reads=SureReader)
    try:
        async with TelegramServer(lambda: loop.time()) as server:
            yield Town(folder, server, service)
    finally:
        service.close()
