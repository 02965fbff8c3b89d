"""The Zalo Bot Platform: the whole way of a complaint over HTTP, and every fault the platform can give."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.numbered import in_numbers, split
from bot.channels.public_fetch import PublicAddress
from bot.channels.zalo_bot import CHANNEL, MENU, TEXT_LIMIT, ZaloBot, incoming_of, moment, secret_fits
from bot.delivery import Delivery, SendFailed, Why
from bot.dialogue.message import Choice, Incoming, Outgoing
from bot.media import FetchFailed
from tests.conversations.play import Stage
from tests.doubles.zalo import PICTURE, TOKEN, ZaloBotDouble

CONFIG = Path(__file__).parent.parent.parent / "config.yaml"


@pytest.fixture
async def double() -> AsyncIterator[ZaloBotDouble]:
    playing = ZaloBotDouble()
    await playing.start()
    yield playing
    await playing.stop()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def nothing(_update: object) -> None:
    return None


def bot_of(double: ZaloBotDouble, client: aiohttp.ClientSession, hear: object = nothing, token: str = TOKEN) -> ZaloBot:
    return ZaloBot(client, double.base, token, hear, lambda _file: None, nothing, pause=0.0)  # type: ignore[arg-type]


async def test_a_complaint_is_told_and_filed_by_numbers_alone(
    double: ZaloBotDouble, client: aiohttp.ClientSession, tmp_path: Path
) -> None:
    stage = Stage(tmp_path, CONFIG)
    service = stage.service
    bot = bot_of(double, client, service.converse.hear)
    delivery = Delivery(service.store, service.current_config, service.texts, {CHANNEL: bot}, lambda: datetime.now(UTC))
    polling = asyncio.create_task(bot.run())
    try:
        for said in ("Rác thải chất đống không ai dọn, phường Kim Liên", "1", "2", "1", "1"):
            before = len(double.sent())
            double.say(said)
            for _ in range(300):
                await delivery.deliver_due()
                if len(double.sent()) > before and not double.updates:
                    break
                await asyncio.sleep(0.01)
            while await delivery.deliver_due():
                pass
        assert "Mã phản ánh: HN-" in double.sent()[-1]
        assert "1. Đồng ý" in "\n".join(double.sent())
        assert service.store.read_now(lambda tx: tx.cases.all())[0].channel == CHANNEL
    finally:
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        stage.close()


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
    ],
)
async def test_a_refused_send_says_why(
    double: ZaloBotDouble, client: aiohttp.ClientSession, status: int, body: dict[str, object], why: Why
) -> None:
    double.faults.append((status, body))
    with pytest.raises(SendFailed) as failed:
        await bot_of(double, client).send(Outgoing(CHANNEL, "c1", "xin chào"))
    assert failed.value.why is why
    assert TOKEN not in str(failed.value)
    if body.get("retry_after"):
        assert failed.value.retry_after >= 35


async def test_an_update_that_fails_is_tried_five_times_then_given_up(
    double: ZaloBotDouble, client: aiohttp.ClientSession
) -> None:
    tries: list[Incoming] = []
    given_up: list[object] = []

    async def fail(incoming: Incoming) -> None:
        tries.append(incoming)
        if incoming.text == "độc":
            raise RuntimeError

    async def give_up(update: object) -> None:
        given_up.append(update)

    bot = ZaloBot(client, double.base, TOKEN, fail, lambda _f: None, give_up, pause=0.0)
    double.say("độc")
    double.say("lành", chat="c2")
    polling = asyncio.create_task(bot.run())
    for _ in range(500):
        if any(i.text == "lành" for i in tries):
            break
        await asyncio.sleep(0.01)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    assert [i.text for i in tries] == ["độc"] * 5 + ["lành"]
    assert len(given_up) == 1


async def test_only_public_addresses_are_fetched(client: aiohttp.ClientSession, double: ZaloBotDouble) -> None:
    for ref in (
        "http://example.com/a.jpg",
        "https://127.0.0.1/a.jpg",
        "https://[::1]/a",
        "https://10.0.0.1/",
        "file:///etc",
    ):
        with pytest.raises(FetchFailed) as failed:
            await PublicAddress(client).fetch(ref)
        assert failed.value.is_final
    assert await PublicAddress(client, allow_private=True).fetch(f"{double.base}/picture.jpg") == PICTURE


def test_a_webhook_secret_is_compared_whole() -> None:
    assert secret_fits("bí mật", "bí mật")
    assert not secret_fits("bí mậ", "bí mật")
    assert not secret_fits(None, "bí mật")


def test_choices_become_a_numbered_menu() -> None:
    message = Outgoing(CHANNEL, "c", "Đồng ý chứ?", ((Choice("a", "Đồng ý"), Choice("b", "Không")),))
    assert in_numbers(message, MENU) == "Đồng ý chứ?\n\n1. Đồng ý\n2. Không\nTrả lời bằng số (1–2) hoặc bằng chữ."


@given(st.text(max_size=9000), st.integers(20, TEXT_LIMIT))
def test_parts_fit_the_limit_and_lose_nothing_but_space(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
