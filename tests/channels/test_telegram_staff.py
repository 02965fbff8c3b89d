"""The officers' bot over real HTTP: invitation, queue, buttons, answers with proof, groups."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from bot.casework.context import Context
from bot.casework.join_staff import invite, new_code
from bot.channels import telegram_updates
from storage.records import File, FileKind, FileStatus, PersonId, Point, Role
from tests.channels.telegram_office import MINH, WARD, a_case, bind, card_of, join, now_is, revoke
from tests.channels.telegram_stage import ROOT, STAFF, Town
from tests.doubles.telegram import Call

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHOTO = (ROOT / "tests/pictures/da-va.jpg").read_bytes()
GROUP = -4000


async def test_an_officer_takes_a_case_by_its_button(hanoi: Town) -> None:
    case = await a_case(hanoi)
    card = await card_of(hanoi, case)
    hanoi.server.press(STAFF, card, "nhận")
    await hanoi.server.until(lambda: now_is(hanoi, case) == "accepted")
    assert [c for c in hanoi.server.calls if c.method == "answerCallbackQuery" and c.bot == STAFF]


async def test_buttons_say_nothing_about_what_they_do(hanoi: Town) -> None:
    case = await a_case(hanoi)
    card = await card_of(hanoi, case)
    presses = [b["callback_data"] for b in card.buttons]
    assert len(set(presses)) == len(presses)
    assert all(len(p) == 16 and str(case.code) not in p and ":" not in p for p in presses)


async def test_a_reply_to_the_card_with_words_and_photo_is_the_answer(hanoi: Town) -> None:
    case = await a_case(hanoi)
    hanoi.server.press(STAFF, await card_of(hanoi, case), "nhận")
    await hanoi.server.until(lambda: now_is(hanoi, case) == "accepted")
    card = await card_of(hanoi, case)
    words = "Sáng nay đội vệ sinh đã dọn sạch đống rác và rửa mặt đường tại ngõ, kèm ảnh sau khi dọn."
    replied = {**hanoi.server.message(MINH, text="…"), "message_id": card.result["message_id"]}
    hanoi.server.photo(STAFF, MINH, PHOTO, caption=words, reply_to_message=replied)
    await hanoi.server.until(lambda: now_is(hanoi, case) == "resolved")
    await hanoi.said(f"Đã trả kết quả {case.code}", MINH)


async def test_a_button_that_lost_its_meaning_shows_the_case_as_it_is_now(hanoi: Town) -> None:
    case = await a_case(hanoi)
    card = await card_of(hanoi, case)
    count = len(hanoi.server.sent(MINH))
    hanoi.server.press_raw(STAFF, MINH, card.result["message_id"], "xxxxxxxxxxxxxxxx")
    shown = await hanoi.server.until(lambda: hanoi.server.sent(MINH)[count:])
    assert str(case.code) in shown[0].text
    assert now_is(hanoi, case) == "received"


async def test_a_button_of_anothers_chat_does_nothing(hanoi: Town) -> None:
    await join(hanoi, 9001, Role.OFFICER, "Hoa")
    case = await a_case(hanoi)
    card = await card_of(hanoi, case)
    stolen = next(b["callback_data"] for b in card.buttons if "nhận" in b["text"])
    hanoi.server.press_raw(STAFF, 9001, 1, stolen)
    await hanoi.server.until_idle(STAFF)
    assert now_is(hanoi, case) == "received"


async def test_an_expired_button_does_nothing(hanoi: Town) -> None:
    case = await a_case(hanoi)
    card = await card_of(hanoi, case)
    late = hanoi.service.clock() + timedelta(days=31)
    hanoi.service.store.write_now(lambda tx: tx.presses.forget(late))
    hanoi.server.press(STAFF, card, "nhận")
    await hanoi.server.until_idle(STAFF)
    assert now_is(hanoi, case) == "received"


async def test_the_first_press_in_the_agencys_group_takes_the_case(hanoi: Town) -> None:
    group = {"id": GROUP, "type": "supergroup", "title": "Tổ xử lý"}
    hanoi.server.give(STAFF, {"message": {**hanoi.server.message(MINH, text="/nhom@test_bot"), "chat": group}})
    await hanoi.server.until_idle(STAFF)
    case = await a_case(hanoi)
    posted = await hanoi.said(str(case.code), GROUP)
    assert "Rác chất đống" not in posted.text
    name = next(b["callback_data"] for b in posted.buttons if "nhận" in b["text"])
    hanoi.server.press_raw(STAFF, MINH, posted.result["message_id"], name, group)
    await hanoi.server.until(lambda: now_is(hanoi, case) == "accepted")
    taken = hanoi.service.store.read_now(lambda tx: tx.cases.get(case.id))
    minh = hanoi.service.store.read_now(lambda tx: tx.chats.get("telegram_staff", str(MINH)))
    assert minh is not None
    assert taken.officer == minh.officer


async def test_talk_in_a_group_is_not_heard(hanoi: Town) -> None:
    group = {"id": -4001, "type": "group", "title": "Khác"}
    hanoi.server.give(STAFF, {"message": {**hanoi.server.message(9777, text="/viec"), "chat": group}})
    hanoi.server.say(STAFF, 9778, "/viec")
    await hanoi.said("mã mời", 9778)
    assert not hanoi.server.sent(-4001)
    assert not hanoi.server.sent(9777)


async def test_a_stranger_needs_an_invitation_and_sees_no_menu(hanoi: Town) -> None:
    hanoi.server.say(STAFF, 9555, "/viec")
    await hanoi.said("mã mời", 9555)
    menus = [c.fields for c in hanoi.server.calls if c.method == "setMyCommands" and "scope" in c.fields]
    assert 9555 not in [menu["scope"].get("chat_id") for menu in menus]


async def test_a_forwarded_command_is_not_obeyed(hanoi: Town) -> None:
    case = await a_case(hanoi)
    origin = {"type": "hidden_user", "sender_user_name": "Ai đó", "date": 1}
    hanoi.server.say(STAFF, MINH, f"/nhan {case.code}", forward_origin=origin)
    await hanoi.server.until_idle(STAFF)
    assert now_is(hanoi, case) == "received"


async def test_the_menu_of_a_chat_is_that_of_its_role(hanoi: Town) -> None:
    hanoi.server.say(STAFF, MINH, "/viec")

    def look() -> list[str]:
        menus = [c.fields for c in hanoi.server.calls if c.method == "setMyCommands"]
        mine = [menu for menu in menus if menu["scope"].get("chat_id") == MINH]
        return [each["command"] for menu in mine for each in menu["commands"]]

    menu = await hanoi.server.until(look)
    assert "giao" in menu
    assert "phanloai" not in menu


async def test_whoever_has_just_joined_sees_the_menu_of_their_role_at_once(hanoi: Town) -> None:
    await join(hanoi, 9330, Role.OFFICER, "Ngân")
    [menu] = await hanoi.server.until(lambda: menus_of(hanoi, 9330))
    assert "viec" in [each["command"] for each in menu.fields["commands"]]


async def test_an_administrator_confirms_the_number_behind_an_invitation(hanoi: Town) -> None:
    await join(hanoi, 9100, Role.ADMIN, "Quản trị")
    code, config, now = new_code(), hanoi.service.current_config(), hanoi.service.clock()
    hanoi.service.store.write_now(lambda tx: invite(Context(tx, config, now), code, WARD, Role.OFFICER, "test", "Tú"))
    hanoi.server.say(STAFF, 9300, f"/start {code}")
    await hanoi.said("9300", 9300)
    told = await hanoi.said("Tú vừa dùng mã mời", 9100)
    assert "9300" in told.text
    hanoi.server.say(STAFF, 9300, "/viec")
    await hanoi.said("chờ quản trị viên xác nhận", 9300)
    hanoi.server.say(STAFF, 9100, "/xacnhan Tú")
    asked = await hanoi.said("Tú", 9100)
    if asked.buttons:
        assert "9300" in asked.buttons[0]["text"]
        hanoi.server.press(STAFF, asked, "Tú")
    await hanoi.said("xác nhận", 9300)
    count = len(hanoi.server.sent(9300))
    hanoi.server.say(STAFF, 9300, "/viec")
    await hanoi.server.until(lambda: len(hanoi.server.sent(9300)) > count)
    assert "chờ quản trị viên" not in hanoi.server.sent(9300)[-1].text


async def test_an_administrator_hands_on_a_link_that_opens_the_desk(hanoi: Town) -> None:
    await join(hanoi, 9100, Role.ADMIN, "Quản trị")
    hanoi.server.say(STAFF, 9100, "/moi UBND phường Hoàn Kiếm, Nguyễn Văn Tân")
    asked = await hanoi.said("Vai trò", 9100)
    hanoi.server.press(STAFF, asked, "Cán bộ")
    told = await hanoi.said("https://t.me/", 9100)
    link = told.text.split()[-1]
    assert link.startswith("https://t.me/test_bot?start=")
    argument = link.partition("?start=")[2]
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", argument)
    hanoi.server.say(STAFF, 9320, "xin chào ạ")
    await hanoi.said("Cần mã mời", 9320)
    hanoi.server.say(STAFF, 9320, f"/start {argument}")
    await hanoi.said("9320", 9320)


async def test_rights_are_asked_again_when_a_button_is_pressed_and_the_menu_goes_with_them(hanoi: Town) -> None:
    await join(hanoi, 9310, Role.OFFICER, "Sơn")
    case = await a_case(hanoi)
    card = await card_of(hanoi, case, 9310)
    await hanoi.server.until(lambda: menus_of(hanoi, 9310))
    revoke(hanoi, 9310)
    hanoi.server.press(STAFF, card, "nhận")
    await hanoi.said("thu hồi", 9310)
    assert now_is(hanoi, case) == "received"
    hanoi.server.say(STAFF, 9310, "/viec")
    await hanoi.server.until(
        lambda: [
            c for c in hanoi.server.calls if c.method == "deleteMyCommands" and c.fields["scope"]["chat_id"] == 9310
        ]
    )


def menus_of(hanoi: Town, chat: int) -> list[Call]:
    menus = [c for c in hanoi.server.calls if c.method == "setMyCommands"]
    return [c for c in menus if c.fields["scope"].get("chat_id") == chat]


async def test_of_many_who_press_at_once_in_a_group_exactly_one_takes_the_case(hanoi: Town) -> None:
    group, crowd = await bind(hanoi, -4100), range(9400, 9405)
    for each in crowd:
        await join(hanoi, each, Role.OFFICER, f"Người {each}")
    case = await a_case(hanoi)
    posted = await hanoi.said(str(case.code), -4100)
    name = next(b["callback_data"] for b in posted.buttons if "nhận" in b["text"])
    before = {each: len(hanoi.server.sent(each)) for each in crowd}
    for each in crowd:
        hanoi.server.press_raw(STAFF, each, posted.result["message_id"], name, group)

    def told(words: str) -> int:
        return sum(any(words in c.text for c in hanoi.server.sent(each)[before[each] :]) for each in crowd)

    taken, late = f"Đã tiếp nhận {case.code}", f"{case.code} đã có cán bộ khác tiếp nhận"
    await hanoi.server.until(lambda: told(taken) + told(late) == len(crowd))
    assert (told(taken), told(late)) == (1, 4)
    assert hanoi.service.store.read_now(lambda tx: sum(e.kind == "accepted" for e in tx.events.of(case.id))) == 1


async def test_an_old_button_in_a_group_shows_whoever_pressed_it_that_case(hanoi: Town) -> None:
    group = await bind(hanoi, -4110)
    await join(hanoi, 9410, Role.OFFICER, "Tâm")
    case = await a_case(hanoi)
    posted = await hanoi.said(str(case.code), -4110)
    hanoi.server.press_raw(STAFF, 9410, posted.result["message_id"], "khong-con-nghia-gi", group)
    await hanoi.said(str(case.code), 9410)
    assert now_is(hanoi, case) == "received"


async def test_a_group_that_became_a_supergroup_stays_bound(hanoi: Town) -> None:
    old = {"id": -4200, "type": "group", "title": "Tổ"}
    hanoi.server.give(STAFF, {"message": {**hanoi.server.message(MINH, text="/nhom"), "chat": old}})
    await hanoi.server.until_idle(STAFF)
    moved = {**hanoi.server.message(MINH), "chat": old, "migrate_to_chat_id": -1004200}
    hanoi.server.give(STAFF, {"message": moved})
    await hanoi.server.until_idle(STAFF)
    case = await a_case(hanoi)
    await hanoi.said(str(case.code), -1004200)
    assert not [c for c in hanoi.server.sent(-4200) if str(case.code) in c.text]


async def test_a_document_reaches_the_desk_with_its_bytes(hanoi: Town) -> None:
    content = b"categories:\n  chieu_sang: {}\n"
    thing = {"file_id": hanoi.server.keep(content), "file_unique_id": "u", "file_name": "config.yaml"}
    sent = hanoi.server.message(MINH, document={**thing, "mime_type": "application/x-yaml"}, caption="/cauhinh")
    hanoi.server.give(STAFF, {"message": sent})
    officer = hanoi.service.store.read_now(lambda tx: tx.chats.get("telegram_staff", str(MINH))).officer

    def arrived() -> list[File]:
        files = hanoi.service.store.read_now(lambda tx: tx.files.of_person(PersonId(officer)))
        return [f for f in files if f.name == "config.yaml" and f.status is FileStatus.READY]

    [file] = await hanoi.server.until(arrived)
    assert file.kind is FileKind.DOCUMENT
    assert file.mime == "application/x-yaml"
    assert hanoi.service.files.get(file.sha256 or "") == content


async def test_the_queue_goes_out_as_a_table(hanoi: Town) -> None:
    await a_case(hanoi)
    count = len(hanoi.server.sent(MINH))
    hanoi.server.say(STAFF, MINH, "/viec csv")
    [sent] = await hanoi.server.until(
        lambda: [c for c in hanoi.server.sent(MINH)[count:] if c.method == "sendDocument"]
    )
    [content] = sent.files.values()
    assert content.startswith(b"\xef\xbb\xbf")
    assert "Mã" in content.decode("utf-8-sig")


async def test_administrators_are_told_of_an_update_that_was_put_aside_once_an_hour(
    hanoi: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_updates, "FIRST_PAUSE", 0.0)
    await join(hanoi, 9100, Role.ADMIN, "Quản trị")
    for _ in range(3):
        hanoi.server.give(STAFF, {"message": {"message_id": "không phải số", "chat": {"id": 9200}}})
    await hanoi.server.until_idle(STAFF)
    await hanoi.said("đã được cất riêng", 9100)
    hanoi.server.say(STAFF, 9100, "/trogiup")
    await hanoi.server.until_idle(STAFF)
    assert len([c for c in hanoi.server.sent(9100) if "đã được cất riêng" in c.text]) == 1


async def test_figures_come_as_a_picture_that_its_buttons_change_in_place_and_as_a_table(hanoi: Town) -> None:
    await a_case(hanoi)
    hanoi.server.say(STAFF, MINH, "/solieu")
    sent = await hanoi.said("UBND phường Hoàn Kiếm · 4 tuần", MINH)
    assert sent.method == "sendPhoto"
    [content] = sent.files.values()
    assert Image.open(io.BytesIO(content)).size[0] == 900
    hanoi.server.press(STAFF, sent, "Lĩnh vực")
    changed = await hanoi.said("Nhiều nhất: Rác thải", MINH)
    assert changed.method == "editMessageMedia"
    assert changed.fields["message_id"] == str(sent.result["message_id"])
    hanoi.server.press(STAFF, changed, "Tệp bảng (CSV)")
    table = await hanoi.said("Tệp bảng của số liệu", MINH)
    assert table.method == "sendDocument"
    assert "Rác thải" in next(iter(table.files.values())).decode()


async def test_a_card_comes_with_a_map_of_the_exact_place(hanoi: Town) -> None:
    case = await a_case(hanoi)
    pinned = replace(case, point=Point(21.0325, 105.852))
    hanoi.service.store.write_now(lambda tx: tx.cases.save(pinned))
    count = len(hanoi.server.sent(MINH))
    await card_of(hanoi, case)
    [map_] = [call for call in hanoi.server.sent(MINH)[count:] if call.method == "sendPhoto"]
    [content] = map_.files.values()
    assert Image.open(io.BytesIO(content)).size == (800, 600)
    assert len(content) < 60_000
