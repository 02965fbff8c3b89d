"""The citizens' bot of Telegram, on aiogram; importing it costs seconds, so it is imported only with a token."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.methods.base import Response
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BufferedInputFile,
    CallbackQuery,
    ChatMemberUpdated,
    File,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiohttp import ClientError

from bot.casework.contact import note_presence
from bot.channels.telegram_alarm import Webhook
from bot.channels.telegram_bot import Heard, Parts, TelegramBot
from bot.channels.telegram_groups import moved_work, pointer_work
from bot.channels.telegram_keyboards import Keyboards
from bot.channels.telegram_message import PRIVATE, TOO_BIG, UPDATES, incoming_of, name_of
from bot.channels.telegram_polling import PollFailed, TokenRevoked
from bot.channels.telegram_sender import CallFailed, Fault, Keyboard, Markup, Sheet
from bot.channels.telegram_updates import Raw
from bot.dialogue.message import Incoming, Outgoing
from bot.media import MAX_BYTES, FetchFailed, TooBig

CHANNEL = "telegram"
SECONDS = 20
"""How long a call may take."""
COMMANDS = ("phananh", "cuatoi", "dulieu", "huy", "trogiup", "english")
"""The command menu, in this order; its words are texts."""
CONFLICT_SECONDS = 10.0
ANSWERS = (
    *(Response[bool], Response[Message], Response[Message | bool], Response[list[Message]]),
    *(Response[File], Response[list[Any]]),
)
"""What our calls are answered with. aiogram lets go of such a class after use; making it anew takes milliseconds."""


class _RawUpdates(TelegramMethod[list[Any]]):
    """getUpdates without reading the updates: one that cannot be read must not stop those beside it."""

    __returning__ = list[Any]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int = 0
    allowed_updates: tuple[str, ...] = UPDATES


class TelegramCitizens(TelegramBot):
    """The citizens' bot."""

    name = CHANNEL

    def __init__(self, parts: Parts, bot: Bot | None = None) -> None:
        """`bot`: another way to the platform than HTTP, for tests."""
        server = TelegramAPIServer.from_base(parts.api_base)
        self.bot = bot or Bot(parts.token, session=AiohttpSession(api=server, timeout=SECONDS))
        self.dispatcher = Dispatcher(disable_fsm=True)
        self.dispatcher.message.register(self._on_message)
        self.dispatcher.edited_message.register(self._on_edited)
        self.dispatcher.callback_query.register(self._on_press)
        self.dispatcher.my_chat_member.register(self._on_membership)
        self._keyboards = Keyboards(parts.store, parts.texts)
        super().__init__(parts, AiogramWire(self.bot))

    async def open(self) -> None:
        """aiogram opens its connections by itself."""

    async def close(self) -> None:
        await self.bot.session.close()

    async def feed(self, raw: Raw, heard: Heard) -> None:
        await self.dispatcher.feed_raw_update(self.bot, dict(raw), heard=heard)

    async def _on_message(self, message: Message, heard: Heard) -> None:
        self._listen(message, heard, edited=False)

    async def _on_edited(self, message: Message, heard: Heard) -> None:
        self._listen(message, heard, edited=True)

    def _listen(self, message: Message, heard: Heard, edited: bool) -> None:
        chat = message.chat
        if message.from_user is None or message.from_user.is_bot:
            return
        if message.migrate_to_chat_id is not None:
            heard.works.append(moved_work(CHANNEL, str(chat.id), str(message.migrate_to_chat_id)))
        elif chat.type != PRIVATE and message.migrate_from_chat_id is None:
            heard.works.append(pointer_work(CHANNEL, str(chat.id), self.parts.clock()))
        if chat.type != PRIVATE:
            return
        incoming = incoming_of(CHANNEL, message, self.parts.clock(), edited)
        if incoming is not None:
            self.show_typing(self.bot.send_chat_action(chat.id, "typing"))
            heard.said.append(incoming)

    async def _on_press(self, query: CallbackQuery, heard: Heard) -> None:
        self.answer(query.id, self.bot.answer_callback_query(query.id))
        if query.message is None or query.message.chat.type != PRIVATE or not query.data:
            return
        heard.said.append(
            Incoming(
                channel=CHANNEL,
                chat=str(query.message.chat.id),
                key=f"q{query.id}",
                at=self.parts.clock(),
                press=query.data,
                name=name_of(query.from_user.full_name),
            )
        )

    async def _on_membership(self, change: ChatMemberUpdated, heard: Heard) -> None:
        if change.chat.type == PRIVATE:
            is_there = change.new_chat_member.status == "member"
            heard.works.append(partial(note_presence, channel=CHANNEL, chat=str(change.chat.id), is_there=is_there))

    async def poll(self, offset: int | None, seconds: int) -> list[object]:
        try:
            return await self.bot(_RawUpdates(offset=offset, timeout=seconds), request_timeout=seconds + SECONDS)
        except TelegramRetryAfter as fault:
            raise PollFailed("too many requests", fault.retry_after) from fault
        except (TelegramUnauthorizedError, TelegramNotFound) as fault:
            raise TokenRevoked from fault
        except TelegramConflictError as fault:
            raise PollFailed("another process polls with this token, or a webhook is set", CONFLICT_SECONDS) from fault
        except (AiogramError, TimeoutError) as fault:
            raise PollFailed(type(fault).__name__) from fault

    async def fetch(self, ref: str) -> bytes:
        try:
            found = await self.bot.get_file(ref)
            if (found.file_size or 0) > MAX_BYTES or not found.file_path:
                raise TooBig
            content = io.BytesIO()
            await self.bot.download_file(found.file_path, content, timeout=SECONDS)
        except TelegramBadRequest as fault:
            if TOO_BIG in fault.message:
                raise TooBig from fault
            raise FetchFailed(fault.message, is_final="temporarily" not in fault.message) from fault
        except (AiogramError, TimeoutError, OSError, ClientError) as fault:
            raise FetchFailed(type(fault).__name__) from fault
        return content.getvalue()

    async def prepare(self) -> None:
        async with _failures():
            webhook = self.parts.webhook
            if webhook is None:
                await self.bot.delete_webhook()
            else:
                await self.bot.set_webhook(webhook[0], secret_token=webhook[1], allowed_updates=list(UPDATES))

    async def webhook_now(self) -> Webhook:
        async with _failures():
            found = await self.bot.get_webhook_info()
        return Webhook(found.url, found.pending_update_count, found.last_error_date, found.last_error_message or "")

    async def show_menus(self) -> None:
        scope = BotCommandScopeAllPrivateChats()
        async with _failures():
            for language, code in (("vi", None), ("en", "en")):
                words = {name: self.parts.texts.pattern(f"telegram.menu.{name}", language) for name in COMMANDS}
                menu = [BotCommand(command=name, description=said) for name, said in words.items()]
                await self.bot.set_my_commands(menu, scope=scope, language_code=code)
            for language, code in (("vi", None), ("en", "en")):
                await self._introduce(language, code)

    async def _introduce(self, language: str, code: str | None) -> None:
        """What stands above the button that begins; Telegram lets it be set a few times a day only."""
        about = self.parts.texts.pattern("telegram.about.citizen", language)
        if (await self.bot.get_my_description(language_code=code)).description != about:
            await self.bot.set_my_description(description=about, language_code=code)

    async def keyboard(self, message: Outgoing) -> Keyboard:
        return await self._keyboards.of(message)


class AiogramWire:
    """aiogram's way to send."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, chat: int, sheet: Sheet) -> int:
        markup = _markup(sheet.markup)
        async with _failures():
            if sheet.document is not None:
                name, content = sheet.document
                sent = await self._bot.send_document(
                    chat, BufferedInputFile(content, name), caption=sheet.text or None, reply_markup=markup
                )
            elif sheet.picture is not None:
                sent = await self._bot.send_photo(
                    chat, _photo(sheet.picture), caption=sheet.text or None, reply_markup=markup
                )
            else:
                sent = await self._bot.send_message(
                    chat, sheet.text, reply_markup=markup, link_preview_options=LinkPreviewOptions(is_disabled=True)
                )
        return sent.message_id

    async def edit(self, chat: int, number: int, sheet: Sheet) -> None:
        markup = InlineKeyboardMarkup.model_validate(sheet.markup) if sheet.markup else None
        async with _failures():
            if sheet.picture is not None:
                media = InputMediaPhoto(media=_photo(sheet.picture), caption=sheet.text)
                await self._bot.edit_message_media(media, chat_id=chat, message_id=number, reply_markup=markup)
            else:
                await self._bot.edit_message_text(
                    sheet.text,
                    chat_id=chat,
                    message_id=number,
                    reply_markup=markup,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )

    async def send_album(self, chat: int, pictures: tuple[bytes, ...]) -> None:
        async with _failures():
            await self._bot.send_media_group(chat, [InputMediaPhoto(media=_photo(each)) for each in pictures])


def _photo(content: bytes) -> BufferedInputFile:
    return BufferedInputFile(content, "anh.jpg")


def _markup(markup: Markup | None) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    if markup is None:
        return None
    if "inline_keyboard" in markup:
        return InlineKeyboardMarkup.model_validate(markup)
    if "keyboard" in markup:
        return ReplyKeyboardMarkup.model_validate(markup)
    return ReplyKeyboardRemove.model_validate(markup)


@asynccontextmanager
async def _failures() -> AsyncIterator[None]:
    """aiogram's exceptions as ours."""
    try:
        yield
    except TelegramRetryAfter as fault:
        raise CallFailed(Fault.TOO_MANY, fault.message, retry_after=float(fault.retry_after)) from fault
    except TelegramMigrateToChat as fault:
        raise CallFailed(Fault.MOVED, fault.message, moved_to=str(fault.migrate_to_chat_id)) from fault
    except TelegramForbiddenError as fault:
        raise CallFailed(Fault.FORBIDDEN, fault.message) from fault
    except (TelegramBadRequest, TelegramEntityTooLarge) as fault:
        raise CallFailed(Fault.BAD_REQUEST, fault.message) from fault
    except (TelegramUnauthorizedError, TelegramNotFound) as fault:
        raise CallFailed(Fault.REVOKED, "the token is not valid (any more)") from fault
    except (AiogramError, TimeoutError) as fault:
        raise CallFailed(Fault.OTHER, type(fault).__name__) from fault
