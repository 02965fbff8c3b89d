"""Who presses what: every press is answered, and nobody learns or does what is not theirs."""

from __future__ import annotations

from typing import Any

import pytest

from bot.casework.context import Context
from bot.casework.join_staff import invite, new_code
from bot.channels import telegram_updates
from bot.channels.telegram_desk import Presses
from storage.records import Role
from tests.channels.telegram_office import MINH, WARD, a_case, bind, card_of, join, now_is, revoke
from tests.channels.telegram_stage import STAFF, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


def word_for(hanoi: Town, update: dict[str, Any]) -> str | None:
    """What was shown above the chat after a press; None before it was answered."""
    answers = [c for c in hanoi.server.calls if c.method == "answerCallbackQuery"]
    query = update["callback_query"]["id"]
    return next((c.text for c in answers if c.fields["callback_query_id"] == query), None)


async def answered(hanoi: Town, update: dict[str, Any]) -> str:
    await hanoi.server.until(lambda: word_for(hanoi, update) is not None)
    await hanoi.server.until_idle(STAFF)
    return word_for(hanoi, update) or ""


async def test_who_may_not_press_in_a_group_is_told_so_above_the_chat_and_nothing_happens(hanoi: Town) -> None:
    """A stranger, a newcomer whom nobody confirmed yet, and somebody whose rights were taken away."""
    group = await bind(hanoi, -4300)
    code, config, now = new_code(), hanoi.service.current_config(), hanoi.service.clock()
    hanoi.service.store.write_now(lambda tx: invite(Context(tx, config, now), code, WARD, Role.OFFICER, "test", "Hà"))
    hanoi.server.say(STAFF, 9502, f"/start {code}")
    await hanoi.said("9502", 9502)
    await join(hanoi, 9503, Role.OFFICER, "Vinh")
    revoke(hanoi, 9503)
    case = await a_case(hanoi)
    posted = await hanoi.said(str(case.code), -4300)
    take = next(b["callback_data"] for b in posted.buttons if "nhận" in b["text"])
    counts = {each: len(hanoi.server.sent(each)) for each in (9501, 9502, 9503)}
    words = []
    for each in counts:
        update = hanoi.server.press_raw(STAFF, each, posted.result["message_id"], take, group)
        words.append(await answered(hanoi, update))
    assert words == [
        "Nút này dành cho cán bộ của đơn vị.",
        "Tài khoản đang chờ quản trị viên xác nhận.",
        "Quyền làm việc của tài khoản này đã được thu hồi.",
    ]
    assert now_is(hanoi, case) == "received"
    # A bot may not write first to somebody who never wrote to it, and has nothing to say to the others.
    assert {each: len(hanoi.server.sent(each)) for each in counts} == counts
    assert hanoi.service.store.read_now(lambda tx: tx.chats.get("telegram_staff", "9501")) is None


async def test_a_press_in_a_group_says_where_its_answer_is_and_an_old_button_that_it_is_old(hanoi: Town) -> None:
    group = await bind(hanoi, -4301)
    case = await a_case(hanoi)
    posted = await hanoi.said(str(case.code), -4301)
    take = next(b["callback_data"] for b in posted.buttons if "nhận" in b["text"])
    pressed = hanoi.server.press_raw(STAFF, MINH, posted.result["message_id"], take, group)
    assert "khung trò chuyện riêng" in await answered(hanoi, pressed)
    old = hanoi.server.press_raw(STAFF, MINH, posted.result["message_id"], "xxxxxxxxxxxxxxxx", group)
    assert "đã cũ" in await answered(hanoi, old)
    card = await card_of(hanoi, case)
    in_private = hanoi.server.press(STAFF, card, "Hỏi")
    assert await answered(hanoi, in_private) == ""


async def test_a_button_of_another_chat_is_an_old_one(hanoi: Town) -> None:
    await join(hanoi, 9504, Role.OFFICER, "Hạnh")
    case = await a_case(hanoi)
    card = await card_of(hanoi, case)
    stolen = next(b["callback_data"] for b in card.buttons if "nhận" in b["text"])
    pressed = hanoi.server.press_raw(STAFF, 9504, card.result["message_id"], stolen)
    assert "đã cũ" in await answered(hanoi, pressed)
    assert now_is(hanoi, case) == "received"


async def test_the_spinner_stops_even_when_the_press_cannot_be_looked_up(
    hanoi: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await card_of(hanoi, await a_case(hanoi))
    monkeypatch.setattr(telegram_updates, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(Presses, "meant", broken_look_up)
    pressed = hanoi.server.press(STAFF, card, "nhận")
    assert await answered(hanoi, pressed) == ""
    assert not hanoi.server.unanswered


async def broken_look_up(*_: object) -> str:
    raise OSError
