"""A client that we did not write (PyPI's python-zalo-bot) drives our double of the Bot Platform: is the double true?"""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator

import pytest

from tests.doubles.zalo import TOKEN, ZaloBotDouble

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    zalo_bot = pytest.importorskip("zalo_bot", reason="the platform's own library, which judges us, is not installed")


@pytest.fixture
async def double() -> AsyncIterator[ZaloBotDouble]:
    playing = ZaloBotDouble()
    await playing.start()
    yield playing
    await playing.stop()


@pytest.mark.filterwarnings("ignore")
async def test_a_foreign_client_reads_and_answers_through_our_double(double: ZaloBotDouble) -> None:
    async with zalo_bot.Bot(TOKEN, base_url=double.base) as bot:
        me = await bot.get_me()
        assert me.id == "4242"
        double.say("đèn đường hỏng")
        update = await bot.get_update(timeout=5)
        assert update.message.text == "đèn đường hỏng"
        assert update.message.chat.id == "c1"
        sent = await bot.send_message("c1", "xin chào")
        assert sent.message_id.startswith("b")
        assert double.sent() == ["xin chào"]
        await bot.send_photo("c1", "phố", "https://example.com/a.jpg")
    assert [method for method, _ in double.calls if method != "getMe"] == ["sendMessage", "sendPhoto"]


@pytest.mark.filterwarnings("ignore")
async def test_a_foreign_client_reads_pictures_and_stickers_of_our_double(double: ZaloBotDouble) -> None:
    async with zalo_bot.Bot(TOKEN, base_url=double.base) as bot:
        double.photo("trước nhà")
        double.sticker()
        picture, sticker = await bot.get_update(timeout=5), await bot.get_update(timeout=5)
        assert picture.message.photo_url == f"{double.base}/picture.jpg"
        assert sticker.message.chat.id == "c1"
