"""A town with both bots, an officer who has joined by a deep link, and cases for them to work on."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.casework.context import Context
from bot.casework.join_staff import invite, new_code
from bot.channels import telegram_budget
from bot.channels.telegram_citizen import TelegramCitizens
from bot.channels.telegram_staff import TelegramStaff
from storage.records import AgencyId, Case, Role
from tests.channels.telegram_stage import CITIZENS, STAFF, Town, town
from tests.doubles.telegram import Call

WARD = AgencyId("ubnd-00070")
MINH = 9000


@contextlib.asynccontextmanager
async def office(folder: Path) -> AsyncIterator[Town]:
    """Both bots at work; Minh is a lead of phường Hoàn Kiếm."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telegram_budget, "CHAT_SECONDS", 0.0)
        async with town(folder) as made:
            bots = TelegramCitizens(made.parts(CITIZENS)), TelegramStaff(made.parts(STAFF))
            made.bots = {bot.name: bot for bot in bots}
            async with made.at_work(*bots):
                await join(made, MINH, Role.LEAD, "Minh")
                yield made


async def join(hanoi: Town, chat: int, role: Role, name: str) -> None:
    code, config, now = new_code(), hanoi.service.current_config(), hanoi.service.clock()
    hanoi.service.store.write_now(
        lambda tx: invite(Context(tx, config, now), code, WARD, role, "test", name, confirmed=True)
    )
    hanoi.server.say(STAFF, chat, f"/start {code}")
    await hanoi.said("", chat)


async def bind(hanoi: Town, group: int) -> dict[str, object]:
    """A group of Minh's agency, which hears of its new cases."""
    chat = {"id": group, "type": "supergroup", "title": "Tổ xử lý"}
    hanoi.server.give(STAFF, {"message": {**hanoi.server.message(MINH, text="/nhom"), "chat": chat}})
    await hanoi.server.until_idle(STAFF)
    return chat


async def a_case(hanoi: Town) -> Case:
    """A new citizen's complaint about rubbish in phường Hoàn Kiếm."""
    known = {case.code for case in all_cases(hanoi)}
    hanoi.lan += 1
    story = f"Rác chất đống ở ngõ {len(known) + 1}, phường Hoàn Kiếm"
    for words in ("/start", "đồng ý", "bỏ qua tất cả", story, "1", "gửi"):
        hanoi.server.say(CITIZENS, hanoi.lan, words)
        await hanoi.server.until_idle(CITIZENS)
    [case] = [case for case in all_cases(hanoi) if case.code not in known]
    return case


def all_cases(hanoi: Town) -> tuple[Case, ...]:
    return hanoi.service.store.read_now(lambda tx: tx.cases.all())


def now_is(hanoi: Town, case: Case) -> str:
    return hanoi.service.store.read_now(lambda tx: tx.cases.get(case.id)).status.value


async def card_of(hanoi: Town, case: Case, chat: int = MINH) -> Call:
    """The case's card as it now stands in the officer's chat, with its buttons."""
    count = len(hanoi.server.sent(chat))
    hanoi.server.say(STAFF, chat, f"/xem {case.code}")

    def look() -> Call | None:
        # News of a case names it too; only the card has its course.
        cards = (c for c in hanoi.server.sent(chat)[count:] if str(case.code) in c.text and "Diễn biến" in c.text)
        return next(cards, None)

    return await hanoi.server.until(look)


def revoke(hanoi: Town, chat: int) -> None:
    known = hanoi.service.store.read_now(lambda tx: tx.chats.get("telegram_staff", str(chat)))
    assert known is not None
    assert known.officer is not None
    officer, now = known.officer, hanoi.service.clock()
    hanoi.service.store.write_now(lambda tx: tx.officers.save(replace(tx.officers.get(officer), revoked_at=now)))
