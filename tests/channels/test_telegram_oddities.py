"""What else Telegram brings: other kinds of updates, odd senders, commands in odd places, albums of every make."""

from __future__ import annotations

from typing import Any

import pytest

from bot.casework.context import Context
from bot.casework.join_staff import invite, new_code
from bot.dialogue.message import Outgoing
from storage.records import AgencyId, Chat, CitizenId, File, Role
from tests.channels.telegram_office import MINH, WARD, a_case, all_cases, card_of, join, now_is
from tests.channels.telegram_stage import CITIZENS, ROOT, STAFF, Town
from tests.channels.test_telegram_trouble import membership
from tests.doubles.telegram_rules import UPDATE_KINDS
from tests.waiting import held_clock

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHOTO = (ROOT / "tests/pictures/o-ga.jpg").read_bytes()
STORY = "Rác thải chất đống đầu ngõ bốc mùi hôi thối ở phường Hoàn Kiếm"
OURS = {"message", "edited_message", "callback_query", "my_chat_member"}
TOKENS = (CITIZENS, STAFF)


async def consented(hanoi: Town) -> None:
    """Lan has agreed and keeps her name to herself."""
    for words in ("/start", "đồng ý", "bỏ qua tất cả"):
        hanoi.server.say(CITIZENS, hanoi.lan, words)
    await hanoi.said("Có chuyện gì, ở đâu")
    await hanoi.server.until_idle(CITIZENS)


def files(hanoi: Town) -> tuple[File, ...]:
    chat = hanoi.service.store.read_now(lambda tx: tx.chats.get("telegram", str(hanoi.lan)))
    assert chat is not None
    who = CitizenId(chat.citizen or "")
    return hanoi.service.store.read_now(lambda tx: tx.files.of_person(who))


# Kinds of updates


@pytest.mark.parametrize("token", TOKENS)
async def test_updates_of_other_kinds_are_passed_over_whatever_they_hold(hanoi: Town, token: str) -> None:
    person = {"id": hanoi.lan, "is_bot": False, "first_name": "Lan"}
    said = hanoi.server.message(hanoi.lan, text="/start")
    inner = {**said, "user": person, "id": "1", "query": "rác", "offset": "", "new_reaction": [], "old_reaction": []}
    for kind in sorted(UPDATE_KINDS - OURS | {"kind_of_tomorrow"}):
        hanoi.server.force(token, {kind: inner})
    await hanoi.silence(token)
    assert not hanoi.server.sent(hanoi.lan)
    hanoi.server.say(token, hanoi.lan, "/start")
    await hanoi.said("")


# Senders


@pytest.mark.parametrize("token", TOKENS)
async def test_bots_are_not_answered(hanoi: Town, token: str) -> None:
    robot = {"id": hanoi.lan, "is_bot": True, "first_name": "Bot", "username": "a_bot"}
    for text in ("/start", "/viec", STORY):
        hanoi.server.give(token, {"message": {**hanoi.server.message(hanoi.lan, text=text), "from": robot}})
    await hanoi.silence(token)
    assert not hanoi.server.sent(hanoi.lan)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize(
    "names",
    [
        {"first_name": ""},
        {},
        {"first_name": "\u202eLan\u202c", "last_name": "🌸" * 60},
        {"first_name": "ل" * 300, "last_name": "{name} %s <b>&lt;</b>"},
        {
            "first_name": "\u0000\u200b",
            "language_code": "xx-invalid",
            "is_premium": True,
            "added_to_attachment_menu": 1,
        },
    ],
)
async def test_somebody_is_answered_whatever_their_name_and_if_they_have_none(
    hanoi: Town, token: str, names: dict[str, Any]
) -> None:
    person = {"id": hanoi.lan, "is_bot": False, **names}
    place = {"id": hanoi.lan, "type": "private", **names}
    hanoi.server.give(
        token, {"message": {**hanoi.server.message(hanoi.lan, text="/start"), "from": person, "chat": place}}
    )
    await hanoi.said("")


async def test_a_name_that_turns_the_writing_round_does_not_turn_an_administrators_message(hanoi: Town) -> None:
    await join(hanoi, 9100, Role.ADMIN, "Quản trị")
    code, config, now = new_code(), hanoi.service.current_config(), hanoi.service.clock()
    hanoi.service.store.write_now(lambda tx: invite(Context(tx, config, now), code, WARD, Role.OFFICER, "test", ""))
    names = {"first_name": "\u202eTùng\n\nQuản trị viên:", "last_name": "đồng ý" * 40}
    message = hanoi.server.message(9700, text=f"/start {code}")
    hanoi.server.give(STAFF, {"message": {**message, "from": {"id": 9700, "is_bot": False, **names}}})
    told = await hanoi.said("vừa dùng mã mời", 9100)
    assert "\u202e" not in told.text
    assert "\n\nQuản trị viên" not in told.text
    assert len(told.text) < 400


async def test_an_administrator_who_is_anonymous_in_a_group_is_told_why_it_cannot_be_bound(hanoi: Town) -> None:
    group = {"id": -4401, "type": "supergroup", "title": "Tổ", "is_forum": True}
    nobody = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    for _ in range(3):
        message = {**hanoi.server.message(MINH, text="/nhom"), "chat": group, "from": nobody, "sender_chat": group}
        hanoi.server.give(STAFF, {"message": message})
    await hanoi.said("ẩn danh", -4401)
    await hanoi.silence(STAFF)
    assert len(hanoi.server.sent(-4401)) == 1
    assert hanoi.service.store.read_now(lambda tx: tx.chats.get("telegram_staff", "-4401")) is None


# Groups


async def test_a_command_for_another_bot_in_a_group_is_not_ours(hanoi: Town) -> None:
    group = {"id": -4402, "type": "supergroup", "title": "Tổ"}
    for command in ("/nhom@another_bot", "/nhom@Test_Bot_2 tat"):
        hanoi.server.give(STAFF, {"message": {**hanoi.server.message(MINH, text=command), "chat": group}})
    await hanoi.silence(STAFF)
    assert hanoi.service.store.read_now(lambda tx: tx.chats.get("telegram_staff", "-4402")) is None
    topic = {"message_thread_id": 7, "is_topic_message": True}
    message = {**hanoi.server.message(MINH, text="/nhom@TEST_bot", **topic), "chat": {**group, "is_forum": True}}
    hanoi.server.give(STAFF, {"message": message})
    await hanoi.said("Nhóm này nhận tin vụ mới của UBND phường Hoàn Kiếm", -4402)
    case = await a_case(hanoi)
    await hanoi.said(str(case.code), -4402)


async def test_a_group_that_threw_the_bot_out_is_left_in_peace_until_it_is_there_again(hanoi: Town) -> None:
    group = -4403
    hanoi.service.store.write_now(lambda tx: tx.chats.save(Chat("telegram_staff", str(group), agency=AgencyId("x"))))
    words = "Forbidden: bot was kicked from the supergroup chat"
    hanoi.server.fail("sendMessage", status=403, description=words, bot=STAFF)
    number = hanoi.push("telegram_staff", group, "Vụ mới")
    await hanoi.server.until(lambda: hanoi.row(number).parked == "blocked")
    second = hanoi.push("telegram_staff", group, "Vụ mới nữa")
    await hanoi.server.until(lambda: hanoi.row(second).parked == "blocked")
    back = {**membership(group, "member"), "chat": {"id": group, "type": "supergroup", "title": "Tổ"}}
    hanoi.server.give(STAFF, {"my_chat_member": back})
    await hanoi.said("Vụ mới nữa", group)


async def test_somebody_whose_account_is_gone_is_no_dead_letter(hanoi: Town) -> None:
    await consented(hanoi)
    hanoi.server.fail("sendMessage", status=403, description="Forbidden: user is deactivated", bot=CITIZENS)
    number = hanoi.push("telegram", hanoi.lan, "Có kết quả")
    await hanoi.server.until(lambda: hanoi.row(number).parked == "blocked")
    assert hanoi.row(number).dead_at is None


# Commands in odd places


async def test_a_deep_link_with_the_bots_name_carries_its_payload(hanoi: Town) -> None:
    hanoi.server.say(CITIZENS, hanoi.lan, "/start@test_bot w_00070")
    await hanoi.said("ghi ở Phường Hoàn Kiếm")


async def test_a_command_in_a_caption_is_obeyed_and_its_picture_kept(hanoi: Town) -> None:
    await consented(hanoi)
    hanoi.server.photo(CITIZENS, hanoi.lan, PHOTO, caption=f"/phananh {STORY}")
    for words in ("không có ảnh nữa", "gửi"):
        hanoi.server.say(CITIZENS, hanoi.lan, words)
    await hanoi.said("HN-")
    [file] = files(hanoi)
    [case] = [case for case in all_cases(hanoi) if case.id == file.case]
    assert case.text.startswith("Rác thải"), case.text


async def test_a_slash_and_spaces_alone_are_answered(hanoi: Town) -> None:
    await consented(hanoi)
    for text in ("/", "//", "/ /", "/😀", "\u200b", "/khong_co_lenh_nay@test_bot x"):
        count = len(hanoi.server.sent(hanoi.lan))
        hanoi.server.say(CITIZENS, hanoi.lan, text)
        await hanoi.server.until(lambda c=count: len(hanoi.server.sent(hanoi.lan)) > c)


# Albums and files


def part(hanoi: Town, album: str, **parts: Any) -> dict[str, Any]:
    return {"message": hanoi.server.message(hanoi.lan, media_group_id=album, **parts)}


def photo(hanoi: Town) -> list[dict[str, Any]]:
    kept = hanoi.server.keep(PHOTO)
    return [{"file_id": kept, "file_unique_id": kept, "width": 900, "height": 900}]


async def test_an_album_of_photo_and_video_with_its_words_on_the_second_part_is_one_telling(hanoi: Town) -> None:
    await consented(hanoi)
    kept = hanoi.server.keep(b"a film")
    video = {"file_id": kept, "file_unique_id": kept, "width": 9, "height": 9, "duration": 3, "mime_type": "video/mp4"}
    hanoi.server.give(CITIZENS, part(hanoi, "81", photo=photo(hanoi)))
    hanoi.server.give(CITIZENS, part(hanoi, "81", video=video, caption=STORY))
    hanoi.server.give(CITIZENS, part(hanoi, "81", photo=photo(hanoi)))
    await hanoi.said("Xin xem lại")
    assert sorted(file.kind.value for file in files(hanoi)) == ["photo", "photo", "video"]
    assert len([call for call in hanoi.server.sent(hanoi.lan) if "Xin xem lại" in call.text]) == 1


async def test_more_pictures_than_an_album_holds_come_in_several(hanoi: Town) -> None:
    """Telegram takes 2 to 10 pictures in one; none of them is left out."""
    await consented(hanoi)
    for _ in range(11):
        hanoi.server.give(CITIZENS, part(hanoi, "84", photo=photo(hanoi)))
    await hanoi.server.until(lambda: [file.status.value for file in files(hanoi)] == ["ready"] * 11)
    numbers = tuple(file.id for file in files(hanoi))
    for channel, bot in hanoi.bots.items():
        count = len(hanoi.server.sent(hanoi.lan))
        await bot.send(Outgoing(channel, str(hanoi.lan), "Mười một ảnh", pictures=numbers))
        album, single, words = hanoi.server.sent(hanoi.lan)[count:]
        assert (len(album.files), len(single.files), words.text) == (10, 1, "Mười một ảnh")


async def test_two_albums_one_after_the_other_are_two_messages(hanoi: Town) -> None:
    await consented(hanoi)
    for album in ("82", "83"):
        for _ in range(2):
            hanoi.server.give(CITIZENS, part(hanoi, album, photo=photo(hanoi)))
    await hanoi.server.until(lambda: len(files(hanoi)) == 4)


async def test_a_picture_of_a_kind_that_cannot_be_opened_is_named_and_what_to_do(hanoi: Town) -> None:
    await consented(hanoi)
    hanoi.server.say(CITIZENS, hanoi.lan, STORY)
    kept = hanoi.server.keep(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64)
    thing = {"file_id": kept, "file_unique_id": kept, "file_name": "IMG_0001.HEIC", "mime_type": "image/heic"}
    hanoi.server.give(CITIZENS, {"message": hanoi.server.message(hanoi.lan, document=thing)})
    await hanoi.said("HEIC")


async def test_a_file_that_the_platform_does_not_hand_out_for_its_size_is_called_too_heavy(hanoi: Town) -> None:
    await consented(hanoi)
    hanoi.server.say(CITIZENS, hanoi.lan, STORY)
    hanoi.server.fail("getFile", status=400, description="Bad Request: file is too big", bot=CITIZENS)
    thing = {"file_id": hanoi.server.keep(b"x"), "file_unique_id": "u", "width": 9, "height": 9, "duration": 900}
    video = {**thing, "file_size": 45_000_000, "mime_type": "video/mp4"}
    hanoi.server.give(CITIZENS, {"message": hanoi.server.message(hanoi.lan, video=video)})
    await hanoi.said("20 MB")
    assert not [call for call in hanoi.server.sent(hanoi.lan) if "gửi lại ảnh đó" in call.text]


# Courtesies that fail


async def test_a_press_counts_though_its_answer_comes_too_late(hanoi: Town) -> None:
    case = await a_case(hanoi)
    card = await card_of(hanoi, case)
    words = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    hanoi.server.fail("answerCallbackQuery", status=400, description=words, bot=STAFF)
    hanoi.server.press(STAFF, card, "nhận")
    await hanoi.server.until(lambda: now_is(hanoi, case) == "accepted")


async def test_a_refused_typing_sign_costs_nobody_an_answer(hanoi: Town) -> None:
    hanoi.server.fail("sendChatAction", status=429, description="Too Many Requests", retry_after=30, bot=CITIZENS)
    with held_clock():  # or the answer would come after thirty seconds
        hanoi.server.say(CITIZENS, hanoi.lan, "/start")
        await hanoi.said("Xin chào")
