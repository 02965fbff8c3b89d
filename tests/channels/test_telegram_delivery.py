"""What the platform may refuse, and what becomes of the message: nothing is lost, nobody is bothered twice."""

from __future__ import annotations

import hashlib
import itertools

import pytest

from bot.channels.telegram_message import units
from bot.delivery.sender import SendFailed, Why
from bot.dialogue.message import Choice, Outgoing
from storage.records import File, FileId, FileKind, FileStatus, PersonId, Purpose
from tests.channels.telegram_stage import ROOT, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")
LONG = "Một dòng dài 🛠️ về việc sửa đường.\n" * 400


@pytest.fixture(params=["telegram", "telegram_staff"])
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def message(hanoi: Town, channel: str, words: str, **parts: object) -> Outgoing:
    return Outgoing(channel, str(hanoi.lan), words, **parts)


async def failure(hanoi: Town, channel: str, words: str = "tin", **parts: object) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await hanoi.bots[channel].send(message(hanoi, channel, words, **parts))
    return caught.value


async def test_a_blocked_bot_parks_what_is_to_be_said(hanoi: Town, channel: str) -> None:
    hanoi.server.fail("sendMessage", status=403, description="Forbidden: bot was blocked by the user")
    number = hanoi.push(channel, hanoi.lan, "một")
    await hanoi.server.until(lambda: hanoi.row(number).parked == "blocked")
    assert not hanoi.server.sent(hanoi.lan)


async def test_silence_is_kept_as_long_as_the_platform_demands(hanoi: Town, channel: str) -> None:
    hanoi.server.fail("sendMessage", status=429, description="Too Many Requests: retry after 2", retry_after=2)
    number = hanoi.push(channel, hanoi.lan, "hai")
    await hanoi.server.until(lambda: hanoi.row(number).tries == 1)
    began = hanoi.server.clock()
    assert hanoi.bots[channel].budget.room() == 0
    sent = await hanoi.said("hai")
    assert sent.at - began >= 1.9


async def test_a_wait_names_the_seconds(hanoi: Town, channel: str) -> None:
    hanoi.server.fail("sendMessage", status=429, description="Too Many Requests", retry_after=1)
    failed = await failure(hanoi, channel)
    assert (failed.why, failed.retry_after) == (Why.WAIT, 1.0)
    again = await failure(hanoi, channel)
    assert again.why is Why.WAIT
    await hanoi.server.until(lambda: hanoi.bots[channel].budget.room() > 0)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 502}, {"cut": True}])
async def test_a_fault_of_the_platform_is_tried_again(hanoi: Town, channel: str, fault: dict[str, object]) -> None:
    hanoi.server.fail("sendMessage", **fault)
    assert (await failure(hanoi, channel)).why is Why.AGAIN
    assert await hanoi.bots[channel].send(message(hanoi, channel, "tin"))


async def test_a_group_that_moved_is_followed(hanoi: Town, channel: str) -> None:
    hanoi.server.fail("sendMessage", status=400, description="Bad Request: group upgraded", moved_to=-100123)
    failed = await failure(hanoi, channel)
    assert (failed.why, failed.moved_to) == (Why.MOVED, "-100123")


async def test_a_bad_request_is_tried_once_as_plain_words(hanoi: Town, channel: str) -> None:
    hanoi.server.fail("sendMessage", status=400, description="Bad Request: BUTTON_DATA_INVALID")
    buttons = ((Choice("a", "Có"), Choice("b", "Không")),)
    assert await hanoi.bots[channel].send(message(hanoi, channel, "Đúng không?", buttons=buttons))
    [sent] = hanoi.server.sent(hanoi.lan)
    assert sent.text == "Đúng không?\n1. Có\n2. Không"
    assert not sent.buttons


async def test_what_stays_bad_is_a_dead_letter(hanoi: Town, channel: str) -> None:
    hanoi.server.fail("sendMessage", status=400, description="Bad Request: strange", times=2)
    number = hanoi.push(channel, hanoi.lan, "ba")
    await hanoi.server.until(lambda: hanoi.row(number).dead_at is not None)


async def test_a_chat_that_does_not_exist_is_not_tried_twice(hanoi: Town, channel: str) -> None:
    before = len(hanoi.server.calls)
    hanoi.server.fail("sendMessage", status=400, description="Bad Request: chat not found")
    assert (await failure(hanoi, channel)).why is Why.NEVER
    assert not [c for c in hanoi.server.calls[before:] if c.method == "sendMessage"]


async def test_a_long_message_comes_in_pieces_with_the_buttons_below_the_last(hanoi: Town, channel: str) -> None:
    buttons = ((Choice("a", "Có"),),)
    ref = await hanoi.bots[channel].send(message(hanoi, channel, LONG, buttons=buttons))
    sent = hanoi.server.sent(hanoi.lan)
    assert len(sent) > 1
    assert [bool(c.buttons) for c in sent] == [False] * (len(sent) - 1) + [True]
    assert all(units(c.text) <= 4096 for c in sent)
    assert ref == str(sent[-1].result["message_id"])
    assert "".join("".join(c.text for c in sent).split()) == "".join(LONG.split())


@pytest.mark.parametrize(("letters", "is_below"), [(1024, True), (1025, False)])
async def test_words_stand_below_a_picture_as_far_as_a_caption_goes(
    hanoi: Town, channel: str, letters: int, is_below: bool
) -> None:
    """A caption holds 1,024 UTF-16 units, of which an emoji takes two."""
    words = "🛠" * 10 + "x" * (letters - 20)
    buttons = ((Choice("a", "Có"),),)
    await hanoi.bots[channel].send(message(hanoi, channel, words, buttons=buttons, pictures=(a_picture(hanoi),)))
    sent = hanoi.server.sent(hanoi.lan)
    assert [c.method for c in sent] == (["sendPhoto"] if is_below else ["sendPhoto", "sendMessage"])
    assert sent[-1].text == words
    assert sent[-1].buttons
    assert list(sent[0].files.values()) == [PICTURE]


async def test_several_pictures_are_an_album_with_words_and_buttons_below(hanoi: Town, channel: str) -> None:
    pictures = tuple(a_picture(hanoi) for _ in range(3))
    buttons = ((Choice("a", "Có"),),)
    await hanoi.bots[channel].send(message(hanoi, channel, "Kết quả", buttons=buttons, pictures=pictures))
    album, words = hanoi.server.sent(hanoi.lan)
    assert (album.method, words.method) == ("sendMediaGroup", "sendMessage")
    assert len(album.files) == 3
    assert words.buttons


async def test_a_recording_is_sent_as_a_file_that_can_be_listened_to(hanoi: Town, channel: str) -> None:
    voice = a_picture(hanoi, FileKind.VOICE)
    await hanoi.bots[channel].send(message(hanoi, channel, "Chỉ có ghi âm", pictures=(voice, a_picture(hanoi))))
    sent = hanoi.server.sent(hanoi.lan)
    assert [c.method for c in sent] == ["sendDocument", "sendPhoto"]
    assert list(sent[0].files.values()) == [PICTURE]


async def test_a_file_with_many_words_comes_before_them(hanoi: Town, channel: str) -> None:
    await hanoi.bots[channel].send(message(hanoi, channel, "chữ " * 300, document=("bang.csv", "a,b\n")))
    assert [c.method for c in hanoi.server.sent(hanoi.lan)] == ["sendDocument", "sendMessage"]


PICTURE = (ROOT / "tests/pictures/o-ga.jpg").read_bytes()


def a_picture(hanoi: Town, kind: FileKind = FileKind.PHOTO) -> str:
    """A stored picture, as a chart or a proof would be: its file id."""
    digest, now = hashlib.sha256(PICTURE).hexdigest(), hanoi.service.clock()
    hanoi.service.files.put(digest, PICTURE)
    file = FileId(f"f{next(NUMBERS)}")
    person = PersonId("nobody")
    stored = File(file, kind, Purpose.PROOF, person, "web", "x", now, status=FileStatus.READY, sha256=digest)
    hanoi.service.store.write_now(lambda tx: tx.files.add(stored))
    return str(file)


NUMBERS = itertools.count()


async def test_words_are_never_read_as_markup(hanoi: Town, channel: str) -> None:
    words = "<b>*đậm*</b> & [x](tg://user?id=1) _nghiêng_"
    await hanoi.bots[channel].send(message(hanoi, channel, words))
    [sent] = hanoi.server.sent(hanoi.lan)
    assert sent.text == words
    assert not sent.fields.get("parse_mode")


async def test_a_card_is_edited_in_its_place(hanoi: Town, channel: str) -> None:
    bot = hanoi.bots[channel]
    ref = await bot.send(message(hanoi, channel, "Thẻ", slot="card"))
    assert await bot.send(message(hanoi, channel, "Thẻ mới", slot="card", edits=ref)) == ref
    assert [(c.method, c.text) for c in hanoi.server.sent(hanoi.lan)] == [
        ("sendMessage", "Thẻ"),
        ("editMessageText", "Thẻ mới"),
    ]


async def test_a_card_that_has_not_changed_is_shown_again_so_that_nobody_goes_unanswered(
    hanoi: Town, channel: str
) -> None:
    bot = hanoi.bots[channel]
    ref = await bot.send(message(hanoi, channel, "Thẻ", slot="card"))
    again = await bot.send(message(hanoi, channel, "Thẻ", slot="card", edits=ref))
    assert again != ref
    assert [c.text for c in hanoi.server.sent(hanoi.lan)] == ["Thẻ", "Thẻ"]


async def test_a_card_that_can_no_longer_be_edited_is_sent_anew(hanoi: Town, channel: str) -> None:
    ref = await hanoi.bots[channel].send(message(hanoi, channel, "Thẻ", slot="card", edits="987654"))
    assert ref not in (None, "987654")


async def test_a_file_is_handed_over(hanoi: Town, channel: str) -> None:
    await hanoi.bots[channel].send(message(hanoi, channel, "Bảng", document=("bang.csv", "mã,hạn\n1,2\n")))
    [sent] = hanoi.server.sent(hanoi.lan)
    assert sent.method == "sendDocument"
    assert list(sent.files.values()) == ["mã,hạn\n1,2\n".encode()]
    assert sent.text == "Bảng"
