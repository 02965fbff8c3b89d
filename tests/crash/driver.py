"""The process that gets killed: hears a fixed story, delivers to a file of receipts, fetches pictures, sweeps.

Arguments: URL FOLDER NOW. Every message has a fixed key, so that running it again is what a
platform does after a crash: it delivers everything anew.
"""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import Service, media_of, open_service
from bot.casework.context import Context
from bot.casework.join_staff import invite
from bot.delivery import Delivery
from bot.dialogue.message import Attachment, Incoming, Outgoing
from bot.jobs import Jobs
from bot.settings import Settings
from storage.files import thumb_name
from storage.records import AgencyId, FileKind, FileStatus, PersonId, Role
from storage.store import Transaction
from tests.storage.builders import a_file

ROOT = Path(__file__).parent.parent.parent
CHANNEL = "crash"
STORY = (
    ("dân", "1", {"command": "start"}),
    ("dân", "2", {"text": "đồng ý"}),
    ("dân", "3", {"text": "bỏ qua tất cả"}),
    ("dân", "4", {"text": "Rác thải chất đống đầu ngõ, bốc mùi hôi thối, phường Hoàn Kiếm"}),
    ("dân", "5", {"press": "0.category:moi_truong_rac_thai"}),
    ("dân", "6", {"attachments": (Attachment(FileKind.PHOTO, str(ROOT / "tests/pictures/o-ga.jpg")),)}),
    ("dân", "7", {"press": "0.confirm:send"}),
    ("cán bộ", "1", {"command": "start", "argument": "crash-code"}),
    ("cán bộ", "2", {"command": "viec"}),
    ("cán bộ", "3", {"text": "1"}),
    ("cán bộ", "4", {"command": "nhan"}),
)


class Receipts:
    """A platform: remembers durably what it was given to send."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def send(self, message: Outgoing) -> str:
        line = f"{message.chat}\t{message.text!r}\n".encode()
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(handle, line)
        os.fsync(handle)
        os.close(handle)
        return "sent"


class Disk:
    async def fetch(self, ref: str) -> bytes:
        return await asyncio.to_thread(Path(ref).read_bytes)


async def main(url: str, folder: Path, now: datetime) -> None:
    at = [now]
    settings = Settings(
        _env_file=None,
        database_url=url,
        var_dir=folder,
        key_file=folder / "master.key",
        config_file=ROOT / "config.yaml",
        # Without a model the reader asks for the category: the story does not change when a model is trained anew.
        model_file=folder / "none",
    )
    service = open_service(settings, lambda: at[0])
    delivery = Delivery(
        service.store, service.current_config, service.texts, {CHANNEL: Receipts(folder / "receipts")}, lambda: at[0]
    )
    media = media_of(service, {CHANNEL: Disk()}, delivery.wake)
    jobs = Jobs(service.store, service.current_config, lambda: at[0], delivery.wake)
    known = await service.store.read(lambda tx: tx.officers.all())
    if not known:
        config = service.current_config()
        await service.store.write(
            lambda tx: (
                None
                if tx.invitations.open(now)
                else invite(
                    Context(tx, config, now), "crash-code", AgencyId("ubnd-00070"), Role.OFFICER, "test", "Lan", True
                )
            )
        )
    for chat, key, said in STORY:
        at[0] += timedelta(seconds=1)
        incoming = Incoming(CHANNEL, chat, key, at[0], **said)
        await (service.desk if chat == "cán bộ" else service.converse).hear(incoming)
        while await delivery.deliver_due() + await media.fetch_due():
            pass
    await _condemn(service)
    await media.forget_due()
    at[0] += timedelta(minutes=5)
    while await delivery.deliver_due():
        pass
    at[0] += timedelta(days=30)
    await jobs.sweep("cases")
    while await delivery.deliver_due():
        pass
    service.close()


async def _condemn(service: Service) -> None:
    """A picture that its person gave up, whose bytes still lie there."""
    digest = "ab" * 32

    def add(tx: Transaction) -> bool:
        rows = tx.files.of_person(PersonId("nobody"))
        if not rows:
            given_up = a_file(person="nobody", channel=CHANNEL, status=FileStatus.REFUSED, sha256=digest)
            tx.files.add(given_up)
        return not rows

    if await service.store.write(add):
        for name in (digest, thumb_name(digest)):
            await asyncio.to_thread(service.files.put, name, b"a picture")


def start(url: str, folder: str, now: str) -> int:
    asyncio.run(main(url, Path(folder), datetime.fromisoformat(now)))
    return 0
