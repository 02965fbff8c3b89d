"""The citizens' bot over real HTTP: what people do in Telegram, and what they see."""

from __future__ import annotations

import contextlib
import sqlite3
import time

import pytest

from storage.records import Case, CitizenId, File
from tests.channels.telegram_stage import CITIZENS, ROOT, Town
from tests.doubles.telegram import Call

PHOTO = (ROOT / "tests/pictures/o-ga.jpg").read_bytes()
PLACED_PHOTO = (ROOT / "tests/pictures/co-vi-tri.jpg").read_bytes()
HOAN_KIEM = {"latitude": 21.0287, "longitude": 105.8523}
RUBBISH = "Rác thải chất đống đầu ngõ bốc mùi hôi thối"


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def consented(hanoi: Town, start: str = "/start") -> None:
    """Lan has agreed and keeps her name to herself."""
    for words in (start, "đồng ý", "bỏ qua tất cả"):
        hanoi.server.say(CITIZENS, hanoi.lan, words)
    await hanoi.said("Có chuyện gì, ở đâu")
    await hanoi.server.until_idle(CITIZENS)


def citizen(hanoi: Town) -> CitizenId:
    chat = hanoi.service.store.read_now(lambda tx: tx.chats.get("telegram", str(hanoi.lan)))
    assert chat is not None
    assert chat.citizen is not None
    return chat.citizen


def cases(hanoi: Town) -> tuple[Case, ...]:
    who = citizen(hanoi)
    return hanoi.service.store.read_now(lambda tx: tx.cases.of_citizen(who))


def files(hanoi: Town) -> tuple[File, ...]:
    who = citizen(hanoi)
    return hanoi.service.store.read_now(lambda tx: tx.files.of_person(who))


def heard_keys(hanoi: Town) -> list[str]:
    """Keys of the messages that were heard from this chat."""
    with contextlib.closing(sqlite3.connect(hanoi.folder / "test.db")) as database:
        return [key for (key,) in database.execute("select key from inputs where chat = ?", (str(hanoi.lan),))]


async def test_a_complaint_from_greeting_to_code(hanoi: Town) -> None:
    await consented(hanoi)
    hanoi.server.say(CITIZENS, hanoi.lan, f"{RUBBISH} ở phường Hoàn Kiếm")
    await hanoi.said("Có ảnh thì gửi luôn")
    hanoi.server.photo(CITIZENS, hanoi.lan, PHOTO)
    card = await hanoi.said("phường Hoàn Kiếm")
    send = next(b["text"] for b in card.buttons if "confirm:send" in b["callback_data"])
    hanoi.server.press(CITIZENS, card, send)
    await hanoi.said("HN-")
    [case] = cases(hanoi)
    # The picture's bytes are fetched beside the conversation, and may arrive after the code.
    await hanoi.silence()
    stored = hanoi.service.store.read_now(lambda tx: tx.files.of_case(case.id))
    assert [(f.status.value, f.kind.value) for f in stored] == [("ready", "photo")]
    assert [c.fields["callback_query_id"] for c in hanoi.server.calls if c.method == "answerCallbackQuery"]
    assert [c for c in hanoi.server.calls if c.method == "sendChatAction" and c.fields["action"] == "typing"]


async def test_a_poster_presets_the_ward(hanoi: Town) -> None:
    hanoi.server.say(CITIZENS, hanoi.lan, "/start w_00070")
    await hanoi.said("ghi ở Phường Hoàn Kiếm")


async def test_a_posters_ward_is_that_of_the_filed_case(hanoi: Town) -> None:
    hanoi.server.say(CITIZENS, hanoi.lan, "/start w_00070")
    for words in ("đồng ý", "bỏ qua tất cả", RUBBISH, "không có ảnh", "gửi"):
        hanoi.server.say(CITIZENS, hanoi.lan, words)
    await hanoi.said("HN-")
    [case] = cases(hanoi)
    assert case.ward_code == "00070"


async def test_a_link_opens_a_case(hanoi: Town) -> None:
    await filed(hanoi)
    [case] = cases(hanoi)
    count = len(hanoi.server.sent(hanoi.lan))
    hanoi.server.say(CITIZENS, hanoi.lan, f"/start c_{case.code}")
    await hanoi.server.until(lambda: len(hanoi.server.sent(hanoi.lan)) > count)
    shown = hanoi.server.sent(hanoi.lan)[count]
    assert str(case.code) in shown.text
    assert "Diễn biến" in shown.text


async def filed(hanoi: Town) -> None:
    await consented(hanoi)
    for words in (f"{RUBBISH} ở phường Hoàn Kiếm", "không có ảnh", "gửi"):
        hanoi.server.say(CITIZENS, hanoi.lan, words)
    await hanoi.said("HN-")
    await hanoi.server.until_idle(CITIZENS)


async def test_the_summary_card_is_edited_in_its_place_while_it_is_changed(hanoi: Town) -> None:
    await consented(hanoi)
    for words in (f"{RUBBISH} ở phường Hoàn Kiếm", "không có ảnh"):
        hanoi.server.say(CITIZENS, hanoi.lan, words)
    card = await hanoi.said("Xin xem lại")
    number = card.result["message_id"]
    hanoi.server.press(CITIZENS, card, "Sửa")

    def now() -> Call:
        return hanoi.server.cards[str(hanoi.lan), str(number)]

    await hanoi.server.until(lambda: "Muốn sửa" in now().text)
    hanoi.server.press(CITIZENS, now(), "kín")
    await hanoi.server.until(lambda: "Xin xem lại" in now().text)
    assert "kín" in now().text.lower()
    hanoi.server.photo(CITIZENS, hanoi.lan, PHOTO)
    await hanoi.server.until(lambda: "Ảnh, tệp: 1" in now().text)
    assert [c.method for c in hanoi.server.sent(hanoi.lan)[-3:]] == ["editMessageText"] * 3


async def asked_for_place(hanoi: Town) -> Call:
    await consented(hanoi)
    hanoi.server.say(CITIZENS, hanoi.lan, RUBBISH)
    return await hanoi.said("Việc xảy ra ở đâu")


async def test_a_venue_is_a_place(hanoi: Town) -> None:
    await asked_for_place(hanoi)
    venue = {"location": HOAN_KIEM, "title": "Đền Ngọc Sơn", "address": "Đinh Tiên Hoàng"}
    hanoi.server.give(CITIZENS, {"message": hanoi.server.message(hanoi.lan, venue=venue, location=HOAN_KIEM)})
    await hanoi.said("Có ảnh thì gửi luôn")


async def test_a_live_location_counts_once_however_far_it_moves(hanoi: Town) -> None:
    await asked_for_place(hanoi)
    message = hanoi.server.message(hanoi.lan, location={**HOAN_KIEM, "live_period": 900})
    hanoi.server.give(CITIZENS, {"message": message})
    await hanoi.said("Có ảnh thì gửi luôn")
    count = len(hanoi.server.sent(hanoi.lan))
    for minute in range(3):
        moved = {**message, "edit_date": message["date"] + minute + 1, "location": {"latitude": 20, "longitude": 105}}
        hanoi.server.give(CITIZENS, {"edited_message": moved})
    await hanoi.server.until_idle(CITIZENS)
    assert len(hanoi.server.sent(hanoi.lan)) == count


async def test_an_album_is_one_message_whatever_the_order_of_its_parts(hanoi: Town) -> None:
    await consented(hanoi)
    parts = [
        hanoi.server.message(hanoi.lan, media_group_id="7", photo=[photo(hanoi, PHOTO, number)], **caption)
        for number, caption in enumerate(({"caption": f"{RUBBISH} ở phường Hoàn Kiếm"}, {}, {}))
    ]
    for part in (parts[2], parts[0], parts[1]):
        hanoi.server.give(CITIZENS, {"message": part})
    await hanoi.server.until_idle(CITIZENS)
    await hanoi.server.until(lambda: [f.status.value for f in files(hanoi)] == ["ready"] * 3)
    keys = [k for k in heard_keys(hanoi) if k.startswith("a")]
    assert len(keys) == 1


async def test_a_part_of_an_album_that_comes_late_is_kept_and_repeated_parts_are_not(hanoi: Town) -> None:
    await consented(hanoi)
    parts = [
        {"message": hanoi.server.message(hanoi.lan, media_group_id="7", photo=[photo(hanoi, PHOTO, n)])}
        for n in range(3)
    ]
    hanoi.server.give(CITIZENS, parts[0])
    hanoi.server.give(CITIZENS, parts[1])
    await hanoi.server.until(lambda: len(files(hanoi)) == 2)
    for part in parts:
        hanoi.server.give(CITIZENS, {"message": part["message"]})
    await hanoi.server.until(lambda: len(files(hanoi)) >= 3)
    hanoi.server.say(CITIZENS, hanoi.lan, "/trogiup")
    await hanoi.server.until_idle(CITIZENS)
    assert len(files(hanoi)) == 3


def photo(hanoi: Town, content: bytes, number: int) -> dict[str, object]:
    file_id = hanoi.server.keep(content)
    return {"file_id": file_id, "file_unique_id": f"{file_id}{number}", "width": 900, "height": 900}


async def test_a_photo_sent_as_a_file_offers_the_place_it_was_taken_at(hanoi: Town) -> None:
    await asked_for_place(hanoi)
    document = {"file_id": hanoi.server.keep(PLACED_PHOTO), "file_unique_id": "u", "file_name": "IMG_1.JPG"}
    hanoi.server.give(CITIZENS, {"message": hanoi.server.message(hanoi.lan, document=document)})
    await hanoi.said("Trong ảnh có ghi vị trí")
    [file] = files(hanoi)
    assert file.kind.value == "photo"


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("voice", "voice"),
        ("video", "video"),
        ("video_note", "video"),
        ("animation", "video"),
        ("audio", "voice"),
        ("document", "document"),
    ],
)
async def test_voice_video_and_files_are_kept(hanoi: Town, part: str, kind: str) -> None:
    await consented(hanoi)
    thing = {"file_id": hanoi.server.keep(b"bytes"), "file_unique_id": "u", "duration": 3}
    size = {"width": 9, "height": 9}
    thing |= {"video": size, "video_note": {"length": 9}, "animation": size}.get(part, {})
    # Telegram sends an animation as a document too.
    both = {"document": thing} if part == "animation" else {}
    hanoi.server.give(CITIZENS, {"message": hanoi.server.message(hanoi.lan, **{part: thing}, **both)})
    await hanoi.server.until(lambda: [(f.kind.value, f.status.value) for f in files(hanoi)] == [(kind, "ready")])


@pytest.mark.parametrize(
    ("said", "kept"),
    [("application/pdf", "application/pdf"), ("Video/MP4", "video/mp4"), ("x/" + "y" * 100, None), ("a/b; c=d", None)],
)
async def test_a_files_type_is_kept_when_it_is_one(hanoi: Town, said: str, kept: str | None) -> None:
    await consented(hanoi)
    thing = {"file_id": hanoi.server.keep(b"bytes"), "file_unique_id": "u", "mime_type": said}
    hanoi.server.give(CITIZENS, {"message": hanoi.server.message(hanoi.lan, document=thing)})
    await hanoi.server.until(lambda: [(f.mime, f.status.value) for f in files(hanoi)] == [(kept, "ready")])


THING = {"file_id": "s", "file_unique_id": "s", "width": 9, "height": 9}
SILENT = {
    "sticker": {**THING, "type": "regular", "is_animated": False, "is_video": False},
    "dice": {"emoji": "🎲", "value": 3},
    "game": {"title": "a", "description": "b", "photo": [THING]},
    "poll": {
        "id": "1",
        "question": "?",
        "options": [{"text": "a", "voter_count": 0, "persistent_id": "1"}],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
    },
    "story": {"chat": {"id": 1, "type": "private", "first_name": "a"}, "id": 1},
    "contact": {"phone_number": "0912345678", "first_name": "Người khác", "user_id": 1},
}


@pytest.mark.parametrize("kind", sorted(SILENT))
async def test_what_says_nothing_to_us_is_answered_kindly(hanoi: Town, kind: str) -> None:
    await consented(hanoi)
    hanoi.server.give(CITIZENS, {"message": hanoi.server.message(hanoi.lan, **{kind: SILENT[kind]})})
    await hanoi.said("Chưa đọc được loại tin này")


@pytest.mark.parametrize("part", ["pinned_message", "message_auto_delete_timer_changed", "write_access_allowed"])
async def test_what_the_platform_notes_in_a_chat_is_not_answered(hanoi: Town, part: str) -> None:
    await consented(hanoi)
    count = len(hanoi.server.sent(hanoi.lan))
    noted = {"pinned_message": hanoi.server.message(hanoi.lan, text="x")}
    noted |= {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}, "write_access_allowed": {}}
    hanoi.server.give(CITIZENS, {"message": hanoi.server.message(hanoi.lan, **{part: noted[part]})})
    hanoi.server.say(CITIZENS, hanoi.lan, "/huy")
    await hanoi.server.until(lambda: len(hanoi.server.sent(hanoi.lan)) > count)
    await hanoi.server.until_idle(CITIZENS)
    assert not [c for c in hanoi.server.sent(hanoi.lan)[count:] if "Chưa đọc được" in c.text]


async def test_a_forwarded_photo_is_known_as_one(hanoi: Town) -> None:
    await consented(hanoi)
    origin = {"type": "hidden_user", "sender_user_name": "Ai đó", "date": int(time.time())}
    hanoi.server.photo(CITIZENS, hanoi.lan, PHOTO, forward_origin=origin)
    await hanoi.server.until(lambda: [f.forwarded for f in files(hanoi)] == [True])


async def test_an_own_contact_is_the_phone_number(hanoi: Town) -> None:
    for words in ("/start", "đồng ý", RUBBISH, "Trần Thị Lan"):
        hanoi.server.say(CITIZENS, hanoi.lan, words)
    asked = await hanoi.said("Số điện thoại để cán bộ liên hệ")
    assert [b for b in asked.keyboard if b.get("request_contact")]
    contact = {"phone_number": "+84912345678", "first_name": "Lan", "user_id": hanoi.lan}
    hanoi.server.give(CITIZENS, {"message": hanoi.server.message(hanoi.lan, contact=contact)})
    await hanoi.said("Nhà ở phường, xã nào")


async def test_somebody_elses_contact_is_no_phone_number_of_ones_own(hanoi: Town) -> None:
    for words in ("/start", "đồng ý", RUBBISH, "Trần Thị Lan"):
        hanoi.server.say(CITIZENS, hanoi.lan, words)
    await hanoi.said("Số điện thoại để cán bộ liên hệ")
    contact = {"phone_number": "+84912345678", "first_name": "Người khác", "user_id": 1}
    hanoi.server.give(CITIZENS, {"message": hanoi.server.message(hanoi.lan, contact=contact)})
    await hanoi.server.until_idle(CITIZENS)
    who = citizen(hanoi)
    assert hanoi.service.store.read_now(lambda tx: tx.citizens.get(who)).phone is None
    assert not [c for c in hanoi.server.sent(hanoi.lan) if "Nhà ở phường, xã nào" in c.text]


async def test_a_message_put_right_takes_the_place_of_what_was_told(hanoi: Town) -> None:
    await consented(hanoi)
    message = hanoi.server.message(hanoi.lan, text=f"{RUBBISH} ở phường Ba Đình")
    hanoi.server.give(CITIZENS, {"message": message})
    await hanoi.said("Có ảnh thì gửi luôn")
    edited = {**message, "edit_date": message["date"] + 60, "text": f"{RUBBISH} ở phường Hoàn Kiếm"}
    hanoi.server.give(CITIZENS, {"edited_message": edited}, times=2)
    hanoi.server.say(CITIZENS, hanoi.lan, "không có ảnh")
    card = await hanoi.said("Xin xem lại")
    assert card.text.count(RUBBISH) == 1
    assert "Hoàn Kiếm" in card.text
    assert "Ba Đình" not in card.text


async def test_a_caption_put_right_brings_no_second_picture(hanoi: Town) -> None:
    await consented(hanoi)
    given = hanoi.server.photo(CITIZENS, hanoi.lan, PHOTO, caption=RUBBISH)
    await hanoi.said("Việc xảy ra ở đâu")
    edited = {**given["message"], "edit_date": 5, "caption": f"{RUBBISH}, có chuột"}
    hanoi.server.give(CITIZENS, {"edited_message": edited})
    hanoi.server.say(CITIZENS, hanoi.lan, "phường Hoàn Kiếm")
    card = await hanoi.said("Xin xem lại")
    assert "Ảnh, tệp: 1" in card.text
    assert card.text.count(RUBBISH) == 1
    assert "có chuột" in card.text


async def test_what_was_filed_is_not_changed_by_changing_ones_message(hanoi: Town) -> None:
    await consented(hanoi)
    message = hanoi.server.message(hanoi.lan, text=f"{RUBBISH} ở phường Hoàn Kiếm")
    hanoi.server.give(CITIZENS, {"message": message})
    for words in ("không có ảnh", "gửi"):
        hanoi.server.say(CITIZENS, hanoi.lan, words)
    await hanoi.said("HN-")
    hanoi.server.give(CITIZENS, {"edited_message": {**message, "edit_date": 5, "text": "Đèn đường hỏng"}})
    await hanoi.said("Tin sửa lại không thay được")
    [case] = cases(hanoi)
    assert case.text.startswith(RUBBISH)


async def test_a_press_is_answered_once_however_often_its_update_comes(hanoi: Town) -> None:
    await consented(hanoi)
    for words in (f"{RUBBISH} ở phường Hoàn Kiếm", "không có ảnh"):
        hanoi.server.say(CITIZENS, hanoi.lan, words)
    card = await hanoi.said("Xin xem lại")
    pressed = hanoi.server.press(CITIZENS, card, "Gửi")
    for _ in range(2):
        hanoi.server.give(CITIZENS, {"callback_query": pressed["callback_query"]})
    await hanoi.said("HN-")
    await hanoi.server.until_idle(CITIZENS)
    assert len(cases(hanoi)) == 1
    await hanoi.server.until(lambda: not hanoi.server.unanswered)


async def test_updates_and_messages_that_come_twice_are_heard_once(hanoi: Town) -> None:
    await consented(hanoi)
    message = hanoi.server.message(hanoi.lan, text="/cuatoi")
    hanoi.server.give(CITIZENS, {"message": message}, times=3)
    hanoi.server.give(CITIZENS, {"message": message})
    await hanoi.server.until_idle(CITIZENS)
    await hanoi.said("phản ánh")
    assert heard_keys(hanoi).count(f"m{message['message_id']}") == 1


async def test_a_group_gets_one_pointer(hanoi: Town) -> None:
    group = {"id": -77, "type": "supergroup", "title": "Tổ dân phố"}
    for _ in range(3):
        hanoi.server.give(CITIZENS, {"message": {**hanoi.server.message(hanoi.lan, text="/start"), "chat": group}})
    await hanoi.server.until_idle(CITIZENS)
    await hanoi.said("khung trò chuyện riêng", chat=-77)
    moved = {**hanoi.server.message(hanoi.lan), "chat": group, "migrate_to_chat_id": -10077}
    arrived = {**hanoi.server.message(hanoi.lan), "chat": {**group, "id": -10077}, "migrate_from_chat_id": -77}
    later = {**hanoi.server.message(hanoi.lan, text="/phananh"), "chat": {**group, "id": -10077}}
    for message in (moved, arrived, later):
        hanoi.server.give(CITIZENS, {"message": message})
    await hanoi.silence(CITIZENS)
    assert len(hanoi.server.sent(-77)) == 1
    assert not hanoi.server.sent(-10077)


async def test_posts_of_channels_are_not_asked_for_and_not_heard(hanoi: Town) -> None:
    channel = {"id": -10099, "type": "channel", "title": "Kênh"}
    post = {"message_id": 5, "date": 1, "chat": channel, "text": "/start"}
    bot = hanoi.bots["telegram"]
    for kind in ("channel_post", "edited_channel_post"):
        await bot.hear({"update_id": hanoi.server.next_update(), kind: {**post, "edit_date": 2}})
    assert not hanoi.server.sent(-10099)
