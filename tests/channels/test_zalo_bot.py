"""The Zalo Bot Platform: the whole way of a complaint over HTTP, and every fault the platform can give."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import zalo_bot
from bot.channels.moments import moment
from bot.channels.numbered import in_numbers, split
from bot.channels.zalo_aside import Aside
from bot.channels.zalo_bot import (
    CHANNEL,
    TEXT_LIMIT,
    BotParts,
    Hear,
    PublicPicture,
    ZaloBot,
    incoming_of,
    secret_fits,
)
from bot.delivery.sender import SendFailed, Why
from bot.dialogue.message import Choice, Drawing, Incoming, Outcome, Outgoing, Say, raw
from bot.dialogue.texts import load_texts
from storage.outbox import NewPush
from storage.records import File, FileId, FileKind, FileStatus, PersonId, Priority, Purpose
from storage.store import Store
from tests.channels.site import open_site
from tests.channels.zalo_site import calls
from tests.doubles.zalo import PICTURE, TOKEN, ZaloBotDouble
from tests.waiting import until


@pytest.fixture
async def double() -> AsyncIterator[ZaloBotDouble]:
    playing = ZaloBotDouble()
    await playing.start()
    yield playing
    await playing.stop()


async def nothing(_incoming: Incoming) -> None:
    return None


def no_trouble(*_: object) -> None:
    return None


@contextlib.asynccontextmanager
async def bot_of(
    double: ZaloBotDouble,
    store: Store,
    hear: Hear = nothing,
    pictures: PublicPicture = lambda _file: None,
    token: str = TOKEN,
) -> AsyncIterator[ZaloBot]:
    aside = Aside(CHANNEL, store, lambda: datetime.now(UTC), no_trouble)
    bot = ZaloBot(BotParts(double.base, token, hear, pictures, load_texts(), aside, pause=0.01))
    try:
        yield bot
    finally:
        await bot.stop()


async def test_what_is_no_text_is_answered_kindly_and_a_picture_is_a_reference(double: ZaloBotDouble) -> None:
    sticker = incoming_of(double.message("message.sticker.received", sticker="x"))
    picture = incoming_of({"ok": True, "result": double.message("message.image.received", photo_url="https://a/b.jpg")})
    assert sticker is not None
    assert sticker.unsupported
    assert picture is not None
    assert picture.attachments[0].ref == "https://a/b.jpg"


def test_groups_bots_and_strange_shapes_say_nothing_to_us() -> None:
    assert incoming_of({}) is None
    assert incoming_of({"ok": True, "result": {"message": None}}) is None
    assert incoming_of({"message": {"chat": {"id": "g", "chat_type": "GROUP"}, "text": "x"}}) is None
    assert incoming_of({"message": {"chat": {"id": "c"}, "from": {"is_bot": True}, "text": "x"}}) is None


@pytest.mark.parametrize("date", [1795000000, "1795000000", 1795000000000, "1795000000000"])
def test_times_come_in_seconds_or_milliseconds_as_numbers_or_strings(date: object) -> None:
    assert moment(date) == datetime.fromtimestamp(1795000000, UTC)


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (429, {"ok": False, "error_code": 429, "retry_after": 35}, Why.WAIT),
        (403, {"ok": False, "error_code": 403}, Why.BLOCKED),
        (400, {"ok": False, "error_code": 400}, Why.NEVER),
        (500, {"ok": False, "error_code": 500}, Why.AGAIN),
        (200, {"ok": False, "error_code": 429}, Why.WAIT),
        (429, {"ok": False, "error_code": "429", "retry_after": "35"}, Why.WAIT),
        (502, {"ok": False, "error_code": "E_BUSY"}, Why.AGAIN),
        (403, {"ok": False, "error_code": {"code": 1}}, Why.BLOCKED),
        (429, {"ok": False, "error_code": 429, "retry_after": 10**30}, Why.WAIT),
        (500, {"ok": False, "error_code": float("inf")}, Why.AGAIN),
    ],
)
async def test_a_refused_send_says_why(
    double: ZaloBotDouble, sqlite_store: Store, status: int, body: dict[str, object], why: Why
) -> None:
    double.faults.append((status, body))
    async with bot_of(double, sqlite_store) as bot:
        with pytest.raises(SendFailed) as failed:
            await bot.send(Outgoing(CHANNEL, "c1", "xin chào"))
    assert failed.value.why is why
    assert TOKEN not in str(failed.value)
    if body.get("retry_after"):
        assert 35 <= failed.value.retry_after <= 3600


async def test_a_drawing_goes_by_its_public_address_and_the_words_say_the_same(
    double: ZaloBotDouble, sqlite_store: Store
) -> None:
    message = Outgoing(CHANNEL, "c1", "Nhận 5", drawing=Drawing("chart.bars", {"title": "Nhận 5"}), number=7)
    async with bot_of(double, sqlite_store, pictures=lambda file: f"https://phananh.test/public/{file}") as bot:
        await bot.send(message)
    photos = [body for method, body in double.calls if method == "sendPhoto"]
    assert [body["photo"] for body in photos] == ["https://phananh.test/public/drawing-7"]
    async with bot_of(double, sqlite_store) as bot:
        await bot.send(message)
    assert len([method for method, _ in double.calls if method == "sendPhoto"]) == 1
    assert double.sent() == ["Nhận 5", "Nhận 5"]


async def test_an_update_that_fails_is_tried_five_times_then_put_aside(
    double: ZaloBotDouble, sqlite_store: Store
) -> None:
    tries: list[str | None] = []

    async def fail(incoming: Incoming) -> Outcome:
        tries.append(incoming.text)
        if incoming.text == "độc":
            raise RuntimeError
        return Outcome.HEARD

    double.say("độc")
    double.say("lành", chat="c2")
    async with bot_of(double, sqlite_store, fail) as bot:
        await bot.start()
        await until(lambda: "lành" in tries)
    assert tries == ["độc"] * 5 + ["lành"]
    dead = sqlite_store.read_now(lambda tx: tx.connection.exec_driver_sql("SELECT dead_at, sealed FROM updates").all())
    assert len(dead) == 1
    assert dead[0][0] is not None
    assert "độc".encode() not in bytes(dead[0][1])


async def test_an_update_that_holds_half_a_character_is_put_aside_like_any_other(
    double: ZaloBotDouble, sqlite_store: Store
) -> None:
    heard: list[str | None] = []

    async def fail(incoming: Incoming) -> Outcome:
        heard.append(incoming.text)
        if incoming.text != "lành":
            raise RuntimeError
        return Outcome.HEARD

    double.say("độc \ud83d")
    double.say("lành", chat="c2")
    async with bot_of(double, sqlite_store, fail) as bot:
        await bot.start()
        await until(lambda: "lành" in heard)
    assert len(heard) == 6


async def test_a_picture_without_a_public_address_and_a_file_are_spoken_of(
    double: ZaloBotDouble, sqlite_store: Store
) -> None:
    message = Outgoing(CHANNEL, "c1", "Kết quả đây", pictures=("p1", "p2"), document=("du-lieu.json", "{}"))
    async with bot_of(double, sqlite_store, pictures=lambda file: "https://a/p1" if file == "p1" else None) as bot:
        await bot.send(message)
    assert [body["photo"] for method, body in double.calls if method == "sendPhoto"] == ["https://a/p1"]
    assert "Có 1 ảnh" in double.sent()[0]
    assert "du-lieu.json" in double.sent()[0]


def test_a_webhook_secret_is_compared_whole() -> None:
    assert secret_fits("bí mật", "bí mật")
    assert not secret_fits("bí mậ", "bí mật")
    assert not secret_fits(None, "bí mật")


def test_choices_become_a_numbered_menu() -> None:
    message = Outgoing(CHANNEL, "c", "Đồng ý chứ?", ((Choice("a", "Đồng ý"), Choice("b", "Không")),))
    told = in_numbers(message, load_texts())
    assert told == "Đồng ý chứ?\n\n1. Đồng ý\n2. Không\nTrả lời bằng số (1–2) hoặc bằng chữ."
    english = in_numbers(replace(message, text="Agree?", language="en"), load_texts())
    assert english.endswith("Answer with a number (1–2) or in words.")


@given(st.text(max_size=9000), st.integers(20, TEXT_LIMIT))
def test_parts_fit_the_limit_and_lose_nothing_but_space(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


async def test_a_webhook_is_heard_only_with_its_secret_and_only_once(double: ZaloBotDouble, tmp_path: Path) -> None:
    keys = {"zalo_bot_token": TOKEN, "zalo_bot_api_base": double.base, "webhook_secret": "s" * 32}
    async with open_site(tmp_path, public_url="https://phananh.example.vn", **keys) as site:
        assert await until(lambda: double.webhook) == ("https://phananh.example.vn/hook/zalo_bot", "s" * 32)
        url = f"{site.url}/hook/zalo_bot"
        update = double.message("message.text.received", text="/start")
        assert await double.call(update, secret="wrong", url=url) == 403
        assert await double.call(update, secret="", url=url) == 403
        assert await double.call({"ok": True, "result": update}, url=url) == 200
        assert await double.call(update, url=url) == 200
        assert await double.call({"event_name": "x"}, url=url) == 200
        await until(double.sent)
        counted = await calls(site)
    assert counted == {
        ("zalo_bot", "forged"): 2,
        ("zalo_bot", "heard"): 1,
        ("zalo_bot", "again"): 1,
        ("zalo_bot", "silent"): 1,
    }
    assert "getUpdates" not in [method for method, _ in double.calls]


async def test_polling_first_switches_a_webhook_off(double: ZaloBotDouble, sqlite_store: Store) -> None:
    double.webhook = ("https://old.example.vn/hook", "x")
    heard: list[Incoming] = []

    async def hear(incoming: Incoming) -> Outcome:
        heard.append(incoming)
        return Outcome.HEARD

    double.say("xin chào")
    async with bot_of(double, sqlite_store, hear) as bot:
        await bot.start()
        await until(lambda: heard)
    assert double.webhook is None


async def test_no_answer_of_the_platform_ends_the_hearing(
    double: ZaloBotDouble, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zalo_bot, "PAUSE_SECONDS", 0.01)
    double.poll_faults += [(502, {"ok": False, "error_code": "E_BUSY"}), (200, {"ok": False}), (200, {"ok": True})]
    double.say("xin chào")
    heard: list[Incoming] = []

    async def hear(incoming: Incoming) -> Outcome:
        heard.append(incoming)
        return Outcome.HEARD

    async with bot_of(double, sqlite_store, hear) as bot:
        await bot.start()
        await until(lambda: heard)
    assert not double.poll_faults


async def test_a_revoked_token_is_no_hot_loop(double: ZaloBotDouble, sqlite_store: Store) -> None:
    async with bot_of(double, sqlite_store, token="0:revoked") as bot:
        with pytest.raises(SendFailed) as failed:
            await bot.send(Outgoing(CHANNEL, "c1", "xin chào"))
    assert failed.value.why is Why.WAIT
    assert failed.value.retry_after >= 60


async def test_a_picture_is_sent_as_a_short_lived_address_that_opens_without_a_session(
    double: ZaloBotDouble, tmp_path: Path
) -> None:
    keys = {"zalo_bot_token": TOKEN, "zalo_bot_api_base": double.base, "webhook_secret": "s" * 32}
    async with (
        open_site(tmp_path, public_url="https://phananh.example.vn", **keys) as site,
        aiohttp.ClientSession() as client,
    ):
        service, now = site.service, site.clock()
        digest = hashlib.sha256(PICTURE).hexdigest()
        service.files.put(digest, PICTURE)
        stored = File(
            *(FileId("f1"), FileKind.PHOTO, Purpose.PROOF, PersonId("p1"), CHANNEL, "c1", now, FileStatus.READY),
            sha256=digest,
        )
        say = Say(raw("Kết quả đây"), pictures=("f1",))
        new = NewPush(CHANNEL, "c1", None, "raw", say.to_json(), Priority.STATUS, now)
        await service.store.write(lambda tx: (tx.files.add(stored), tx.outbox.add(new)))
        await until(double.sent)
        address = next(body["photo"] for method, body in double.calls if method == "sendPhoto")
        assert address.startswith("https://phananh.example.vn/public/f1?")

        async def opened(path: str) -> int:
            async with client.get(f"{site.url}{path}") as answer:
                return answer.status

        path = address.removeprefix("https://phananh.example.vn")
        assert await opened(path) == 200
        assert await opened(path[:-1] + ("0" if path[-1] != "0" else "1")) != 200
        assert await opened(path.replace("/f1?", "/f2?")) != 200
        site.clock.jump(hours=2)
        assert await opened(path) != 200
    assert double.sent() == ["Kết quả đây"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(("result", "message", "chat", "id", "from", "is_bot", "date", "text", "photo_url")),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_no_shape_of_an_update_makes_the_bot_stumble(value: object) -> None:
    update = value if isinstance(value, dict) else {"message": value}
    found = incoming_of(update)
    assert found is None or found.chat
