"""The process that gets killed while Telegram's updates are taken: the service with both bots, until it is stopped.

Arguments: BASE FOLDER LATER, with a clock that is LATER seconds ahead. The Bot API
server lives in the test's own process, and so remembers what was confirmed and what was sent.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import media_of, open_service
from bot.casework.context import Context
from bot.casework.join_staff import invite
from bot.channels import telegram_budget
from bot.delivery import Delivery
from bot.settings import Settings
from bot.telegram_edge import telegram_channels
from storage.records import AgencyId, Role

ROOT = Path(__file__).parent.parent.parent


async def main(base: str, folder: Path, later: timedelta) -> None:
    # A pause between two messages of a chat is of no interest here.
    telegram_budget.CHAT_SECONDS = 0.0
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder}/test.db",
        var_dir=folder / "var",
        key_file=folder / "master.key",
        config_file=ROOT / "config.yaml",
        model_file=folder / "none",
        telegram_citizen_token="111:citizens",
        telegram_staff_token="222:staff",
        telegram_api_base=base,
    )
    service = open_service(settings, lambda: datetime.now(UTC) + later)
    if not service.store.read_now(lambda tx: tx.officers.all() or tx.invitations.open(service.clock())):
        config = service.current_config()
        service.store.write_now(
            lambda tx: invite(
                Context(tx, config, service.clock()),
                "crash-code",
                AgencyId("ubnd-00070"),
                Role.OFFICER,
                "test",
                "Lan",
                confirmed=True,
            )
        )
    bots = telegram_channels(service, lambda: delivery.wake())
    named = {bot.name: bot for bot in bots}
    delivery = Delivery(service.store, service.current_config, service.texts, named, service.clock)
    media = media_of(service, named, delivery.wake)
    for bot in bots:
        await bot.start()
    await asyncio.gather(delivery.run(), media.run())


def start(base: str, folder: str, later: str) -> int:
    asyncio.run(main(base, Path(folder), timedelta(seconds=int(later))))
    return 0
