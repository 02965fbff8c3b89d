"""The citizens' bot before a judge of others' making: teremok sends through the dispatcher and checks every call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from teremok import MockBot, MockCallbackQuery, MockMessagePhoto, MockMessageText

from bot.app import media_of
from bot.channels import telegram_budget
from bot.channels.telegram_bot import Heard
from bot.channels.telegram_citizen import TelegramCitizens
from bot.channels.telegram_sender import CallFailed, Sheet, Wire
from bot.delivery import Delivery
from tests.channels.telegram_stage import CITIZENS, ROOT, Town, town

pytestmark = pytest.mark.asyncio(loop_scope="module")
PHOTO = (ROOT / "tests/pictures/o-ga.jpg").read_bytes()


class Judge:
    """One citizen's conversation through the real dispatcher; what is sent goes through teremok's rules."""

    def __init__(self, hanoi: Town) -> None:
        self.mock = MockBot()
        self.bot = TelegramCitizens(hanoi.parts(CITIZENS), bot=self.mock)
        self.mock.dp = self.bot.dispatcher
        service, named = hanoi.service, {"telegram": self.bot}
        self.breaches: list[str] = []
        """What teremok refused; our bot would hide it by trying again with plain words."""
        self._watch(self.bot._sender._wire)
        self._delivery = Delivery(service.store, service.current_config, service.texts, named, service.clock)
        self._media = media_of(service, named, self._delivery.wake)

    def _watch(self, wire: Wire) -> None:
        for name in ("send", "edit", "send_album"):
            setattr(wire, name, self._watched(getattr(wire, name)))

    def _watched(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def watched(*given: Any) -> Any:
            try:
                return await call(*given)
            except CallFailed as failure:
                self.breaches.append(str(failure))
                raise

        return watched

    async def says(self, update: object) -> None:
        heard = Heard()
        result = await self.mock.dispatch(update, heard=heard)
        assert result.handled
        await self.bot.commit(heard)
        while await self._delivery.deliver_due() + await self._media.fetch_due():
            pass

    @property
    def sent(self) -> list[object]:
        """Messages, photos and documents."""
        kinds = ("SendMessage", "SendPhoto", "SendDocument", "SendMediaGroup")
        return [call for call in self.mock.requests.all if type(call).__name__ in kinds]

    @property
    def last(self) -> object:
        return self.sent[-1]


@pytest_asyncio.fixture(loop_scope="module")
async def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Judge]:
    monkeypatch.setattr(telegram_budget, "CHAT_SECONDS", 0.0)
    async with town(tmp_path) as hanoi:
        made = Judge(hanoi)
        yield made
        await made.bot.stop()


async def test_a_complaint_from_greeting_to_code_breaks_no_rule_of_the_platform(judge: Judge) -> None:
    for words in ("/start", "đồng ý", "bỏ qua tất cả", "Rác chất đống đầu ngõ bốc mùi hôi thối, phường Hoàn Kiếm"):
        await judge.says(MockMessageText(words))
    judge.mock.add_file("photo_1", PHOTO)
    await judge.says(MockMessagePhoto(file_id="photo_1"))
    card = judge.last
    [press] = [
        button.callback_data
        for row in card.reply_markup.inline_keyboard
        for button in row
        if "confirm:send" in (button.callback_data or "")
    ]
    await judge.says(MockCallbackQuery(data=press))
    assert "HN-" in (judge.last.text or "")
    assert judge.mock.requests.answer_callback_query
    assert not judge.breaches


async def test_every_command_of_the_menu_is_answered(judge: Judge) -> None:
    for words in ("/start", "đồng ý", "bỏ qua tất cả"):
        await judge.says(MockMessageText(words))
    for command in ("phananh", "cuatoi", "dulieu", "huy", "trogiup", "english"):
        count = len(judge.sent)
        await judge.says(MockMessageText(f"/{command}"))
        assert len(judge.sent) > count, command
    assert not judge.breaches


async def test_the_judge_does_see_what_breaks_a_rule(judge: Judge) -> None:
    wire = judge.bot._sender._wire
    with pytest.raises(CallFailed):
        await wire.send(1, Sheet("x" * 5000))
    assert judge.breaches
