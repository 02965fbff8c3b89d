"""Keyboards, menus and introductions: there when they help, gone when they do not."""

from __future__ import annotations

import pytest

from bot.channels.telegram_citizen import TelegramCitizens
from tests.channels.telegram_stage import CITIZENS, Town
from tests.channels.test_telegram_citizen import HOAN_KIEM, asked_for_place

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_button_for_sharing_the_place_appears_only_when_a_place_is_asked(hanoi: Town) -> None:
    asked = await asked_for_place(hanoi)
    assert [b for b in asked.keyboard if b.get("request_location")]
    before = hanoi.server.sent(hanoi.lan)[:-1]
    assert not [b for call in before for b in call.keyboard if b.get("request_location")]
    hanoi.server.give(CITIZENS, {"message": hanoi.server.message(hanoi.lan, location=HOAN_KIEM)})
    after = await hanoi.said("Có ảnh thì gửi luôn")
    assert after.buttons
    # One message cannot both bear buttons and take the keyboard away.
    removed = [c for c in hanoi.server.sent(hanoi.lan) if (c.fields.get("reply_markup") or {}).get("remove_keyboard")]
    assert len(removed) == 1
    assert removed[0].result["message_id"] < after.result["message_id"]


async def test_a_share_button_goes_away_even_when_the_service_began_anew_meanwhile(hanoi: Town) -> None:
    await asked_for_place(hanoi)
    bot = hanoi.bots["telegram"]
    bot._sender._keyboards = TelegramCitizens(hanoi.parts(CITIZENS)).keyboard
    hanoi.server.say(CITIZENS, hanoi.lan, "phường Hoàn Kiếm")
    await hanoi.said("Có ảnh thì gửi luôn")
    assert [c for c in hanoi.server.sent(hanoi.lan) if (c.fields.get("reply_markup") or {}).get("remove_keyboard")]


async def test_the_share_button_stays_when_it_is_asked_again_in_the_same_breath(hanoi: Town) -> None:
    await asked_for_place(hanoi)
    count = len(hanoi.server.sent(hanoi.lan))
    hanoi.server.press_raw(CITIZENS, hanoi.lan, 1, "9.report.what:x")
    await hanoi.server.until(lambda: len(hanoi.server.sent(hanoi.lan)) == count + 2)
    old, again = hanoi.server.sent(hanoi.lan)[count:]
    assert old.text == hanoi.service.texts.pattern("button.old")
    assert not old.fields.get("reply_markup")
    assert [b for b in again.keyboard if b.get("request_location")]


async def test_the_command_menu_is_set_in_both_languages(hanoi: Town) -> None:
    def menus() -> dict[str | None, list[str]]:
        calls = [c.fields for c in hanoi.server.calls if c.bot == CITIZENS and c.method == "setMyCommands"]
        return {menu.get("language_code"): [each["command"] for each in menu["commands"]] for menu in calls}

    await hanoi.server.until(lambda: "en" in menus())
    assert set(menus()) == {None, "en"}
    assert "cuatoi" in menus()[None]


async def test_a_newcomer_reads_what_the_bot_is_for_in_both_languages_and_it_is_set_once(hanoi: Town) -> None:
    await hanoi.server.until(lambda: (CITIZENS, "en") in hanoi.server.descriptions)
    assert "phản ánh" in hanoi.server.descriptions[CITIZENS, ""]
    assert "report problems" in hanoi.server.descriptions[CITIZENS, "en"]
    bot = hanoi.bots["telegram"]
    before = sum(method == "setMyDescription" for method, _ in hanoi.server.tried)
    await bot.show_menus()
    assert sum(method == "setMyDescription" for method, _ in hanoi.server.tried) == before
