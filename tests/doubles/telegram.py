"""A Bot API server on loopback: both bots run against it over real HTTP, with faults and duplicates on order."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.bench.outbound import Budgets
from tests.doubles.telegram_http import error, opened, read_call
from tests.doubles.telegram_rules import UPDATE_KINDS, broken_rules
from tests.waiting import PATIENCE_SECONDS, until

MESSAGES = ("sendMessage", "sendPhoto", "sendDocument", "sendMediaGroup", "editMessageText", "editMessageMedia",
            "editMessageCaption", "editMessageReplyMarkup")  # fmt: skip
"""Calls that count against the platform's budgets."""
FORCED = "forced"
"""Mark of an update that is given in any case."""


@dataclass
class Call:
    """One request of a bot."""

    method: str
    bot: str
    fields: dict[str, Any]
    files: dict[str, bytes]
    at: float
    result: Any = None

    @property
    def chat(self) -> str:
        return str(self.fields.get("chat_id", ""))

    @property
    def text(self) -> str:
        media = self.fields.get("media")
        below = media.get("caption") if isinstance(media, dict) else None
        return str(self.fields.get("text") or self.fields.get("caption") or below or "")

    @property
    def buttons(self) -> list[dict[str, Any]]:
        markup = self.fields.get("reply_markup") or {}
        return [button for row in markup.get("inline_keyboard", []) for button in row]

    @property
    def keyboard(self) -> list[dict[str, Any]]:
        markup = self.fields.get("reply_markup") or {}
        return [button for row in markup.get("keyboard", []) for button in row]


@dataclass
class Fault:
    """What the next matching call meets instead of an answer; `after` carries the call out all the same."""

    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    moved_to: int | None = None
    hang: float = 0.0
    cut: bool = False
    after: bool = False
    times: int = 1
    bot: str | None = None
    """The only bot that meets it; None for every one."""


class TelegramServer:
    """The server; `say`, `press` and their like make updates, `calls` holds what the bots did."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.calls: list[Call] = []
        self.files: dict[str, bytes] = {}
        self.budgets: dict[str, Budgets] = {}
        self.webhooks: dict[str, dict[str, Any]] = {}
        self.webhook_errors: dict[str, dict[str, Any]] = {}
        """By bot: last_error_date and last_error_message, as after calls of its webhook that failed."""
        self.descriptions: dict[tuple[str, str], str] = {}
        """What stands above the button that begins, by bot and language ("" for all others)."""
        self.waits_for_news = True
        self.confirmed: Counter[str] = Counter()
        self.cards: dict[tuple[str, str], Call] = {}
        """The present state of each message that a bot sent, by chat and message id."""
        self.tried: list[tuple[str, float]] = []
        """Every call that came in, answered or not: method and time."""
        self.violations: list[str] = []
        """Calls that the Bot API would not take, whatever the bot made of the refusal."""
        self._faults: dict[str, deque[Fault]] = {}
        self._polls: Counter[str] = Counter()
        self._queries: dict[str, int] = {}
        """Presses, and how often each was answered."""
        self._updates: dict[str, list[dict[str, Any]]] = {}
        self._news: dict[str, asyncio.Event] = {}
        self._next_update = 1000
        self._next_message = 1
        self._runner: web.AppRunner | None = None
        self.base = ""

    async def __aenter__(self) -> TelegramServer:
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()
        assert not self.violations, self.violations[:5]

    # What people do

    def give(self, bot: str, update: dict[str, Any], times: int = 1) -> dict[str, Any]:
        """Queues an update for a bot, the same one several times if wanted; returns it."""
        update.setdefault("update_id", self.next_update())
        if isinstance(query := update.get("callback_query"), dict):
            self._queries.setdefault(str(query.get("id")), 0)
        self._updates.setdefault(bot, []).extend(dict(update) for _ in range(times))
        self._event(bot).set()
        return update

    def force(self, bot: str, update: dict[str, Any]) -> None:
        """Gives an update even of a kind that was not asked for, as one that waited since before may be."""
        self.give(bot, {**update, FORCED: True})

    def next_update(self) -> int:
        self._next_update += 1
        return self._next_update

    def message(self, chat: int, **parts: Any) -> dict[str, Any]:
        """A private message as Telegram would send it; `parts` are its further fields."""
        person = {"id": chat, "is_bot": False, "first_name": "Lan", "last_name": "Trần"}
        place = {"id": chat, "type": "private", "first_name": "Lan"}
        made = {"message_id": self.next_message(), "date": int(time.time()), "chat": place, "from": person, **parts}
        text = made.get("text", "")
        if text.startswith("/"):
            made["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return made

    def next_message(self) -> int:
        self._next_message += 1
        return self._next_message

    def say(self, bot: str, chat: int, text: str, **parts: Any) -> dict[str, Any]:
        return self.give(bot, {"message": self.message(chat, text=text, **parts)})

    def photo(self, bot: str, chat: int, content: bytes, **parts: Any) -> dict[str, Any]:
        """A picture in two sizes, of which the larger is `content`."""
        small, large = self.keep(b"small"), self.keep(content)
        sizes = [_photo_size(small, 90, 5), _photo_size(large, 1280, len(content))]
        return self.give(bot, {"message": self.message(chat, photo=sizes, **parts)})

    def keep(self, content: bytes) -> str:
        """A file on the server: its id."""
        file_id = f"file{len(self.files)}"
        self.files[file_id] = content
        return file_id

    def press(self, bot: str, call: Call, label: str, chat: int | None = None) -> dict[str, Any]:
        """Somebody presses the button of this label below a message that a bot sent."""
        press = next(b["callback_data"] for b in call.buttons if label in b["text"])
        return self.press_raw(bot, int(chat or call.chat), call.result["message_id"], press)

    def press_raw(
        self, bot: str, chat: int, message_id: int, press: str, group: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """A press by the person `chat`, in their private chat or in a group."""
        place = {"chat": group} if group else {}
        query = {
            "id": str(self.next_update() * 7),
            "from": {"id": chat, "is_bot": False, "first_name": "Lan"},
            "chat_instance": "1",
            "data": press,
            "message": {**self.message(chat, text="…"), "message_id": message_id, **place},
        }
        return self.give(bot, {"callback_query": query})

    def fail(self, method: str, **fault: Any) -> None:
        """The next call of this method (or `times` calls) meets this fault."""
        self._faults.setdefault(method, deque()).append(Fault(**fault))

    def fails(self, method: str) -> bool:
        """Whether a fault is still waiting for calls of this method."""
        return bool(self._faults.get(method))

    def forget_faults(self) -> None:
        self._faults.clear()

    def sent(self, chat: int | str | None = None) -> list[Call]:
        """Messages that bots sent, in order."""
        return [
            c
            for c in self.calls
            if c.method in MESSAGES and c.result is not None and (chat is None or c.chat == str(chat))
        ]

    async def until(self, condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> Any:
        """Waits until something is true, and returns it."""
        return await until(condition, seconds)

    def waiting(self, bot: str) -> int:
        """How many updates a bot has not confirmed yet."""
        return len(self._updates.get(bot, ()))

    async def until_idle(self, bot: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Waits until a bot has confirmed everything that was given to it."""
        await self.until(lambda: not self._updates.get(bot), seconds)

    # What bots do

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        bot, method = request.match_info["token"], request.match_info["method"]
        given, files, is_form = await read_call(request)
        self.tried.append((method, self.clock()))
        broken = broken_rules(method, given, files, is_form)
        self.violations += [f"{method}: {rule}" for rule in broken]
        call = Call(method, bot, {name: opened(value) for name, value in given.items()}, files, self.clock())
        if broken:
            return error(404 if "no such method" in broken[0] else 400, f"Bad Request: {broken[0]}")
        fault = self._next_fault(method, bot)
        if fault is not None:
            if fault.after:
                await self._do(call)
            return await _met(request, fault)
        answer: Callable[[Call], Awaitable[Any]] = self._get_updates if method == "getUpdates" else self._do
        if method == "getUpdates" and (self._polls[bot] or bot in self.webhooks):
            return error(409, "Conflict: terminated by other getUpdates request or a webhook is active")
        try:
            return web.json_response({"ok": True, "result": await answer(call)})
        except ValueError as refusal:
            return error(400, f"Bad Request: {refusal}")

    def _next_fault(self, method: str, bot: str) -> Fault | None:
        queue = self._faults.get(method)
        if not queue or queue[0].bot not in (None, bot):
            return None
        queue[0].times -= 1
        return queue.popleft() if queue[0].times <= 0 else queue[0]

    async def _get_updates(self, call: Call) -> list[dict[str, Any]]:
        """An offset confirms everything below it; waits for news as long as `timeout` says."""
        offset, limit = int(call.fields.get("offset") or 0), int(call.fields.get("limit") or 100)
        waiting = self._updates.setdefault(call.bot, [])
        self.confirmed[call.bot] = max(self.confirmed[call.bot], offset)
        wanted = frozenset(call.fields.get("allowed_updates") or UPDATE_KINDS)
        unwanted = UPDATE_KINDS - wanted
        waiting[:] = [u for u in waiting if u["update_id"] >= offset and (FORCED in u or not unwanted & u.keys())]
        if not waiting and self.waits_for_news:
            self._event(call.bot).clear()
            self._polls[call.bot] += 1
            try:
                async with asyncio.timeout(float(call.fields.get("timeout") or 0)):
                    await self._event(call.bot).wait()
            except TimeoutError:
                return []
            finally:
                self._polls[call.bot] -= 1
        return waiting[:limit]

    async def _do(self, call: Call) -> Any:
        self.calls.append(call)
        if call.method in MESSAGES:
            _check(call)
            self.budgets.setdefault(call.bot, Budgets()).take(call.chat, call.at)
        call.result = self._result(call)
        return call.result

    def _result(self, call: Call) -> Any:
        match call.method:
            case "getMe":
                return {"id": int(call.bot.split(":")[0]), "is_bot": True, "first_name": "Bot", "username": "test_bot"}
            case "getFile":
                file_id = call.fields["file_id"]
                if file_id not in self.files:
                    raise ValueError("invalid file_id")
                return {"file_id": file_id, "file_unique_id": file_id, "file_path": f"photos/{file_id}.jpg"}
            case "getMyDescription":
                return {"description": self.descriptions.get((call.bot, call.fields.get("language_code", "")), "")}
            case "setMyDescription":
                self.descriptions[call.bot, call.fields.get("language_code", "")] = call.fields["description"]
                return True
            case "getWebhookInfo":
                return self._webhook_info(call.bot)
            case "setWebhook":
                self.webhooks[call.bot] = call.fields
                return True
            case "answerCallbackQuery":
                self._answer_query(str(call.fields["callback_query_id"]))
                return True
            case "deleteWebhook":
                self.webhooks.pop(call.bot, None)
                return True
            case "sendMediaGroup":
                return [self._message(call) for _ in call.fields["media"]]
            case method if method.startswith("edit"):
                return self._edited(call)
            case "sendMessage" | "sendPhoto" | "sendDocument":
                made = self._message(call)
                self.cards[call.chat, str(made["message_id"])] = call
                return made
        return True

    def _webhook_info(self, bot: str) -> dict[str, Any]:
        url = self.webhooks.get(bot, {}).get("url", "")
        known = {"url": url, "has_custom_certificate": False, "pending_update_count": self.waiting(bot)}
        return known | self.webhook_errors.get(bot, {})

    def _answer_query(self, query: str) -> None:
        """A press is answered once."""
        if query not in self._queries:
            raise ValueError("query is too old and response timeout expired or query ID is invalid")
        self._queries[query] += 1
        if self._queries[query] > 1:
            self.violations.append(f"answerCallbackQuery: {query} answered {self._queries[query]} times")

    @property
    def unanswered(self) -> list[str]:
        """Presses whose spinner still turns."""
        return [query for query, times in self._queries.items() if times == 0]

    def _message(self, call: Call) -> dict[str, Any]:
        made = {
            "message_id": self.next_message(),
            "date": int(time.time()),
            "chat": {"id": int(call.chat), "type": "private"},
        }
        return {**made, "text": call.text} if call.method == "sendMessage" else {**made, "caption": call.text}

    def _edited(self, call: Call) -> dict[str, Any]:
        number = str(call.fields["message_id"])
        before = self.cards.get((call.chat, number))
        if before is None:
            raise ValueError("message to edit not found")
        if "inline_keyboard" not in (before.fields.get("reply_markup") or {"inline_keyboard": []}):
            raise ValueError("message can't be edited")
        if (before.text, before.fields.get("reply_markup")) == (call.text, call.fields.get("reply_markup")):
            raise ValueError("message is not modified")
        if call.method == "editMessageText" and before.method != "sendMessage" and before.method != "editMessageText":
            raise ValueError("there is no text in the message to edit")
        self.cards[call.chat, number] = call
        return {
            "message_id": int(number),
            "date": 1,
            "chat": {"id": int(call.chat), "type": "private"},
            "text": call.text,
        }

    async def _file(self, request: web.Request) -> web.Response:
        file_id = request.match_info["path"].removeprefix("photos/").removesuffix(".jpg")
        if file_id not in self.files:
            raise web.HTTPNotFound
        return web.Response(body=self.files[file_id])

    def _event(self, bot: str) -> asyncio.Event:
        return self._news.setdefault(bot, asyncio.Event())


def _check(call: Call) -> None:
    """The refusals that a bot can cause by itself."""
    limit = 4096 if call.method in ("sendMessage", "editMessageText") else 1024
    length = len(call.text.encode("utf-16-le")) // 2
    if call.method in ("sendMessage", "editMessageText") and length == 0:
        raise ValueError("message text is empty")
    if length > limit:
        raise ValueError("message is too long" if limit == 4096 else "message caption is too long")
    if any(len(b.get("callback_data", "x").encode()) > 64 for b in call.buttons):
        raise ValueError("BUTTON_DATA_INVALID")
    if call.method == "sendMediaGroup" and not 2 <= len(call.fields["media"]) <= 10:
        raise ValueError("wrong number of items in a media group")


async def _met(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.hang:
        await asyncio.sleep(fault.hang)
    if fault.cut:
        assert request.transport is not None
        request.transport.close()
        return web.Response()
    parameters = {}
    if fault.retry_after is not None:
        parameters["retry_after"] = fault.retry_after
    if fault.moved_to is not None:
        parameters["migrate_to_chat_id"] = fault.moved_to
    return error(fault.status, fault.description, **parameters)


def _photo_size(file_id: str, side: int, size: int) -> dict[str, Any]:
    return {"file_id": file_id, "file_unique_id": file_id, "width": side, "height": side, "file_size": size}
