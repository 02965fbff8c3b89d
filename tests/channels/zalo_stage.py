"""Transcripts played over HTTP: every line goes through a double of Zalo to the whole service, and back."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from bot.casework.context import Context
from bot.casework.join_staff import invite, new_code
from bot.run import listen_on, running
from storage.records import AgencyId, Role
from tests.channels.zalo_site import OA_KEYS
from tests.conversations.play import FixedClock, Stage
from tests.doubles.zalo import TOKEN, ZaloBotDouble
from tests.doubles.zalo_oa import ZaloOaDouble

T = TypeVar("T")
PATIENCE_SECONDS = 60.0
PICTURE = "\n(ảnh)"


class FineClock(FixedClock):
    """Two things never happen at the very same moment: what was sent later stands later in the chat."""

    def __call__(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at


@dataclass
class Phone:
    """One person's Zalo: what stands in it and has not been read in the transcript."""

    user: str
    said: list[str] = field(default_factory=list)
    seen: int = 0
    """Messages of the double that were taken over."""
    last: dict[str, Any] | None = None
    count: int = 0


async def _end_the_rest() -> None:
    """Ends what is still under way on this loop: a double may be holding a poll whose connection is gone."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


class ZaloStage(Stage):
    """A stage whose terminals are telephones; `channel` and the gestures are those of one of the platforms."""

    channel = ""

    def __init__(self, folder: Path, config: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        super().__init__(folder, config)
        self.service.close()
        self.clock = FineClock()
        self.settings = self.settings.model_copy(update=self.run(self.begin()))
        self.service = self._open()
        self._open_doors = contextlib.AsyncExitStack()
        self.url = self.run(self._start())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs something where the service lives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)

    async def begin(self) -> dict[str, Any]:
        """Starts the double; returns the settings that lead to it."""
        raise NotImplementedError

    async def end(self) -> None:
        """Stops the double."""
        raise NotImplementedError

    async def hear(self, phone: Phone, line: str) -> None:
        """A line or gesture, as its person's telephone sends it."""
        raise NotImplementedError

    def shown(self, user: str) -> list[str]:
        """Everything that was sent to somebody, as it is read."""
        raise NotImplementedError

    async def _start(self) -> str:
        listener = listen_on("127.0.0.1", 0)
        await self._open_doors.enter_async_context(running(self.service, listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    def close(self) -> None:
        self.run(self._open_doors.aclose())
        self.run(self.end())
        self.service.close()
        self.run(_end_the_rest())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def terminal(self, who: str, name: str) -> Any:
        chat = f"{who} {name}".strip()
        if chat not in self.terminals:
            self.terminals[chat] = Phone(f"u{len(self.terminals) + 1}")
        return self.terminals[chat]

    def say(self, who: str, name: str, text: str) -> None:
        self.clock.tick()
        self.run(self.hear(self.terminal(who, name), self.with_codes(text)))
        self.settle()

    def settle(self) -> None:
        """Waits until nothing is due any more: messages, pictures."""
        ends_at = time.monotonic() + PATIENCE_SECONDS
        # Asked in this order: what is heard after the first question shows in the answer to the second.
        while self.is_unheard() or self.service.store.read_now(self._is_busy):
            assert time.monotonic() < ends_at, "the service did not come to rest"
            time.sleep(0.02)
        for phone in self.terminals.values():
            everything = self.shown(phone.user)
            # Empty lines stand for nothing in a transcript.
            phone.said += [re.sub(r"\n{2,}", "\n", said) for said in everything[phone.seen :]]
            phone.seen = len(everything)
        self.remember_codes()

    def _is_busy(self, tx: Any) -> bool:
        waiting = (push for phone in self.terminals.values() for push in tx.outbox.waiting(self.channel, phone.user))
        is_due = any(push.not_before is None or push.not_before <= self.clock() for push in waiting)
        return is_due or bool(tx.files.waiting(self.clock(), 1))

    def is_unheard(self) -> bool:
        """Whether the double still has something to tell the service."""
        return False

    def invite(self, agency: str, role: str, name: str) -> None:
        """Somebody becomes staff in a private chat of Zalo."""
        code = new_code()
        config = self.service.current_config()
        self.service.store.write_now(
            lambda tx: invite(
                Context(tx, config, self.clock()), code, AgencyId(agency), Role(role), "console", name, confirmed=True
            )
        )
        self.say("cán bộ", name, f"/canbo {code}")
        phone = self.terminal("cán bộ", name)
        assert phone.said, "nobody was welcomed"
        phone.said.clear()


class AccountStage(ZaloStage):
    """The Official Account: a webhook; gestures :follow, :leave, :photo, :place, :sticker, :press, :again."""

    channel = "zalo_oa"

    async def begin(self) -> dict[str, Any]:
        self.double = ZaloOaDouble(lambda: self.clock().timestamp())
        await self.double.__aenter__()
        return {**_secret(OA_KEYS), "zalo_oa_api_base": self.double.base, "zalo_oa_oauth_base": self.double.base}

    async def end(self) -> None:
        await self.double.__aexit__()

    async def hear(self, phone: Phone, line: str) -> None:
        self.double.hook = f"{self.url}/hook/zalo_oa"
        phone.last = self._event(phone, line)
        status = await self.double.post(phone.last)
        assert status == 200, status

    def _event(self, phone: Phone, line: str) -> dict[str, Any]:
        name, _, rest = line.partition(" ")
        match name:
            case ":again":
                assert phone.last is not None
                return phone.last
            case ":follow":
                return self.double.event("follow", phone.user)
            case ":leave":
                return self.double.event("unfollow", phone.user)
            case ":sticker":
                return self.double.event("user_send_sticker", phone.user, attachments=[{"type": "sticker"}])
            case ":photo":
                return self.double.picture(phone.user, rest)
            case ":place":
                lat, lon = rest.split(",")
                return self.double.place(phone.user, float(lat), float(lon))
            case ":press":
                return {**self.double.event("user_click_button", phone.user), "payload": rest}
        assert not line.startswith(":"), line
        return self.double.text(phone.user, line)

    def shown(self, user: str) -> list[str]:
        told = [message for to, message in list(self.double.sent) if to == user]
        return [f"{message.get('text', '')}{PICTURE if 'attachment' in message else ''}".strip() for message in told]


class BotStage(ZaloStage):
    """The Bot Platform, polled; gestures :photo, :sticker, :again. A place is words, or the link of a map."""

    channel = "zalo_bot"

    async def begin(self) -> dict[str, Any]:
        self.double = ZaloBotDouble(lambda: self.clock().timestamp())
        await self.double.start()
        return {**_secret({"zalo_bot_token": TOKEN}), "zalo_bot_api_base": self.double.base}

    async def end(self) -> None:
        await self.double.stop()

    async def hear(self, phone: Phone, line: str) -> None:
        name, _, rest = line.partition(" ")
        match name:
            case ":again":
                assert phone.last is not None
                self.double.updates.append(phone.last)
            case ":sticker":
                self.double.sticker(phone.user)
            case ":photo":
                self.double.photo(rest, phone.user)
            case _:
                assert not line.startswith(":"), line
                self.double.say(line, phone.user)
        phone.last = self.double.updates[-1]

    def is_unheard(self) -> bool:
        return not self.double.is_at_rest

    def shown(self, user: str) -> list[str]:
        told = [(method, body) for method, body in list(self.double.calls) if body.get("chat_id") == user]
        return [
            body["text"] if method == "sendMessage" else "(ảnh)"
            for method, body in told
            if method in ("sendMessage", "sendPhoto")
        ]


def _secret(keys: dict[str, str]) -> dict[str, Any]:
    """As settings hold them: all but the app's id are secrets."""
    return {name: value if name == "zalo_oa_app_id" else SecretStr(value) for name, value in keys.items()}
