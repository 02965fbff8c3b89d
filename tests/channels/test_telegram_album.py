"""Albums: a platform that brings the next part only when the one before was taken still gets one answer for all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels import telegram_budget, telegram_updates
from bot.channels.telegram_citizen import TelegramCitizens
from bot.channels.telegram_staff import TelegramStaff
from tests.channels.telegram_stage import CITIZENS, ROOT, STAFF, Town, town

PHOTO = (ROOT / "tests/pictures/o-ga.jpg").read_bytes()
HOOK = ("https://phananh.example/hook/telegram", "0123456789abcdef")


@pytest_asyncio.fixture
async def hanoi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """Both bots behind webhooks; nobody fetches."""
    monkeypatch.setattr(telegram_budget, "CHAT_SECONDS", 0.0)
    async with town(tmp_path) as made:
        bots = TelegramCitizens(made.parts(CITIZENS, HOOK)), TelegramStaff(made.parts(STAFF, HOOK))
        made.bots = {bot.name: bot for bot in bots}
        async with made.at_work(*bots):
            yield made


def part(hanoi: Town, number: int, **more: object) -> dict[str, object]:
    file_id = hanoi.server.keep(PHOTO)
    size = {"file_id": file_id, "file_unique_id": f"{file_id}{number}", "width": 900, "height": 900}
    message = hanoi.server.message(hanoi.lan, media_group_id="7", photo=[size], **more)
    return {"update_id": hanoi.server.next_update(), "message": message}


async def said(hanoi: Town, text: str) -> None:
    message = hanoi.server.message(hanoi.lan, text=text)
    await hanoi.bots["telegram"].hear({"update_id": hanoi.server.next_update(), "message": message})


def kept(hanoi: Town, bot: str = "telegram") -> int:
    return len(hanoi.service.store.read_now(lambda tx: tx.updates.kept(bot)))


async def test_parts_that_come_one_after_the_other_get_one_answer(hanoi: Town) -> None:
    for words in ("/start", "đồng ý", "bỏ qua tất cả"):
        await said(hanoi, words)
    await hanoi.server.until(lambda: len(hanoi.server.sent(hanoi.lan)) == 4)
    count = len(hanoi.server.sent(hanoi.lan))
    caption = "Rác thải chất đống đầu ngõ, phường Hoàn Kiếm"
    for number in range(5):
        await hanoi.bots["telegram"].hear(part(hanoi, number, **({"caption": caption} if number == 2 else {})))
    await hanoi.server.until(lambda: kept(hanoi) == 0)
    await said(hanoi, "/huy")
    await hanoi.said("Bỏ phản ánh")
    texts = [c.text for c in hanoi.server.sent(hanoi.lan)[count:]]
    assert len(texts) == 2, texts
    assert "5" in texts[0]


async def test_a_part_that_was_acknowledged_outlives_the_process(hanoi: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in ("/start", "đồng ý", "bỏ qua tất cả", "Rác thải chất đống đầu ngõ, phường Hoàn Kiếm"):
        await said(hanoi, words)
    with monkeypatch.context() as patch:
        patch.setattr(telegram_updates, "QUIET_SECONDS", 60.0)
        patch.setattr(telegram_updates, "LONGEST_ALBUM", 60.0)
        patch.setattr(telegram_updates, "DRAIN_SECONDS", 0.0)
        await hanoi.bots["telegram"].hear(part(hanoi, 1))
        await hanoi.bots["telegram"].stop_hearing()
    assert kept(hanoi) == 1
    after = TelegramCitizens(hanoi.parts(CITIZENS, HOOK))
    await after.start()
    try:
        await hanoi.server.until(lambda: kept(hanoi) == 0)
    finally:
        await after.stop()
    chat = hanoi.service.store.read_now(lambda tx: tx.chats.get("telegram", str(hanoi.lan)))
    assert chat is not None
    assert chat.citizen is not None
    citizen = chat.citizen
    assert len(hanoi.service.store.read_now(lambda tx: tx.files.of_person(citizen))) == 1


async def test_a_part_is_not_acknowledged_when_it_cannot_be_kept(hanoi: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(_work: object) -> None:
        raise OSError("disk full")

    update = part(hanoi, 1)
    with monkeypatch.context() as patch:
        patch.setattr(hanoi.service.store, "write", failing)
        with pytest.raises(OSError, match="disk full"):
            await hanoi.bots["telegram"].hear(update)
    # The album goes on by itself as soon as the database does.
    await hanoi.server.until(lambda: hanoi.server.sent(hanoi.lan))


async def test_an_officers_album_is_one_message_too(hanoi: Town) -> None:
    count = len(hanoi.server.sent(hanoi.lan))
    for number in range(3):
        await hanoi.bots["telegram_staff"].hear(part(hanoi, number))
    await hanoi.server.until(lambda: kept(hanoi, "telegram_staff") == 0)
    await hanoi.said("mã mời")
    assert len(hanoi.server.sent(hanoi.lan)) == count + 1
