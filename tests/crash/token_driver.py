"""The process that gets killed while it renews the Official Account's token.

Arguments: BASE FOLDER LATER, with a clock that is LATER seconds ahead: sends one
message, and exits with 0 when it went, with 3 when it has to wait.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import open_service
from bot.delivery.sender import SendFailed
from bot.dialogue.message import Outgoing
from bot.settings import Settings
from bot.zalo_edge import zalo_channels
from storage.records import AgencyId, Chat, Officer, OfficerId, Role
from storage.store import Transaction
from tests.channels.zalo_site import OA_KEYS

ROOT = Path(__file__).parent.parent.parent
ADMIN = OfficerId("admin")


def add_admin(tx: Transaction, now: datetime) -> None:
    """An administrator who can be told."""
    if not tx.officers.all():
        tx.officers.add(Officer(ADMIN, AgencyId("vp-ubnd-tp"), Role.ADMIN, "Minh", now, confirmed_at=now))
        tx.chats.save(Chat("desk", "minh", officer=ADMIN, last_heard_at=now))


async def main(base: str, folder: Path, later: timedelta) -> int:
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder}/test.db",
        var_dir=folder / "var",
        key_file=folder / "master.key",
        config_file=ROOT / "config.yaml",
        model_file=folder / "none",
        zalo_oa_api_base=base,
        zalo_oa_oauth_base=base,
        **OA_KEYS,
    )
    service = open_service(settings, lambda: datetime.now(UTC) + later)
    (account,) = zalo_channels(service, lambda: None, lambda _file: None)
    try:
        await service.store.write(lambda tx: add_admin(tx, service.clock()))
        await account.send(Outgoing("zalo_oa", "u1", "xin chào"))
    except SendFailed:
        return 3
    finally:
        await account.stop()
        service.close()
    return 0


def start(base: str, folder: str, later: str) -> int:
    return asyncio.run(main(base, Path(folder), timedelta(seconds=int(later))))
