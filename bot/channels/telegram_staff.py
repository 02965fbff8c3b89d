"""The officers' bot of Telegram, on python-telegram-bot, with another token than the citizens' bot."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    CallbackQuery,
    ChatMemberUpdated,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.ext import Application, ContextTypes, ExtBot, TypeHandler
from telegram.request import HTTPXRequest

from bot.casework.contact import note_presence
from bot.channels.telegram_alarm import Webhook
from bot.channels.telegram_bot import Heard, Parts, TelegramBot
from bot.channels.telegram_desk import Pressed, Presses, command_menu, group_command
from bot.channels.telegram_groups import moved_work, word_work
from bot.channels.telegram_message import PRIVATE, TOO_BIG, UPDATES, incoming_of
from bot.channels.telegram_polling import PollFailed, TokenRevoked
from bot.channels.telegram_sender import CallFailed, Fault, Keyboard, Markup, Sheet
from bot.channels.telegram_updates import Raw
from bot.dialogue.message import Incoming, Outgoing
from bot.media import MAX_BYTES, FetchFailed, TooBig
from storage.records import Role

CHANNEL = "telegram_staff"
SECONDS = 20.0
CONNECTIONS = 64
CONFLICT_SECONDS = 10.0
TOAST_LENGTH = 200
"""What the Bot API shows at most above a chat after a press."""
# Times as timedelta, as the library will have them; without it every 429 warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")


class NotRecorded(Exception):
    """The library swallowed what went wrong with an update."""


class _Bot(ExtBot[Any]):
    """The library's bot, and updates as they come."""

    async def raw_updates(self, offset: int | None, seconds: int) -> Any:
        """getUpdates without reading the updates: one that cannot be read must not stop those beside it."""
        wanted = {"offset": offset, "timeout": seconds, "allowed_updates": list(UPDATES)}
        return await self._post("getUpdates", wanted, read_timeout=seconds + SECONDS)


class TelegramStaff(TelegramBot):
    """The officers' bot."""

    name = CHANNEL

    def __init__(self, parts: Parts) -> None:
        # Addresses of calls hold the token.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self.bot = _Bot(
            parts.token,
            base_url=f"{parts.api_base}/bot",
            base_file_url=f"{parts.api_base}/file/bot",
            request=HTTPXRequest(CONNECTIONS, read_timeout=SECONDS, connect_timeout=SECONDS, pool_timeout=SECONDS),
            get_updates_request=HTTPXRequest(1, connect_timeout=SECONDS),
        )
        self.application = Application.builder().bot(self.bot).updater(None).build()
        self.application.add_handler(TypeHandler(Update, self._on_update))
        self._under_way: dict[int, Heard] = {}
        self._recorded: set[int] = set()
        self._menus: dict[str, Role] = {}
        self._presses = Presses(parts.store, parts.clock)
        super().__init__(parts, PtbWire(self.bot))

    async def open(self) -> None:
        """The library asks the platform who it is; that is left to `prepare`, which is tried again."""

    async def close(self) -> None:
        await self.application.shutdown()

    async def feed(self, raw: Raw, heard: Heard) -> None:
        update = Update.de_json(dict(raw), self.bot)
        self._under_way[update.update_id] = heard
        try:
            await self.application.process_update(update)
            if update.update_id not in self._recorded:
                raise NotRecorded
        finally:
            self._recorded.discard(update.update_id)
            del self._under_way[update.update_id]

    async def _on_update(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """The one handler: what is not recorded at its end has failed."""
        heard = self._under_way[update.update_id]
        if update.message is not None:
            await self._listen(update.message, heard)
        elif update.edited_message is not None:
            await self._listen(update.edited_message, heard, edited=True)
        elif update.callback_query is not None:
            await self._press(update.callback_query, heard)
        elif update.my_chat_member is not None:
            self._membership(update.my_chat_member, heard)
        self._recorded.add(update.update_id)

    async def _listen(self, message: Message, heard: Heard, edited: bool = False) -> None:
        now = self.parts.clock()
        if message.migrate_to_chat_id is not None:
            heard.works.append(moved_work(CHANNEL, str(message.chat.id), str(message.migrate_to_chat_id)))
        incoming = incoming_of(CHANNEL, message, now, edited)
        if message.from_user is None or incoming is None or (incoming.command and message.forward_origin is not None):
            return
        if message.chat.type != PRIVATE:
            self._listen_in_group(message, incoming, heard)
            return
        if message.from_user.is_bot:
            return
        if edited:
            heard.works.append(word_work(CHANNEL, incoming.chat, f"{incoming.chat}:{incoming.key}", "edited.late", now))
            return
        self.show_typing(self.bot.send_chat_action(message.chat.id, "typing"))
        heard.said.append(incoming)

    def _listen_in_group(self, message: Message, incoming: Incoming, heard: Heard) -> None:
        assert message.from_user is not None
        words, name = message.text or message.caption or "", self.bot.username
        spoken = group_command(incoming, str(message.from_user.id), words, name)
        if spoken is None:
            return
        if message.sender_chat is not None:
            # A group or a channel speaks for somebody who wants to be nobody: rights cannot be asked.
            where = str(message.chat.id)
            heard.works.append(word_work(CHANNEL, where, where, "telegram.anonymous", incoming.at))
        elif not message.from_user.is_bot:
            heard.said.append(spoken)

    async def commit(self, heard: Heard) -> None:
        """The menu follows the rights as they are after the message: whoever has just joined sees it at once."""
        await super().commit(heard)
        for incoming in heard.said:
            self.soon(self._show_menu(incoming.chat))

    async def _press(self, query: CallbackQuery, heard: Heard) -> None:
        """Whoever presses is who acts, also in a group; what a button means is asked of the database."""
        pressed = Pressed(None)
        try:
            if query.message is not None and query.data:
                where, message = str(query.message.chat.id), str(query.message.message_id)
                blank = Incoming(CHANNEL, str(query.from_user.id), key=f"q{query.id}", at=self.parts.clock())
                pressed = await self._presses.pressed(blank, where, message, query.data)
        finally:
            # Whatever happens, the spinner stops.
            word = self.parts.texts.pattern(pressed.word)[:TOAST_LENGTH] if pressed.word else None
            self.answer(query.id, query.answer(word))
        if pressed.heard is not None:
            heard.said.append(pressed.heard)

    def _membership(self, change: ChatMemberUpdated, heard: Heard) -> None:
        is_there = change.new_chat_member.status in ("member", "administrator", "creator")
        heard.works.append(partial(note_presence, channel=CHANNEL, chat=str(change.chat.id), is_there=is_there))

    async def _show_menu(self, chat: str) -> None:
        """The command menu of an officer's role, when it has changed since it was last set."""
        role = await self._presses.role(CHANNEL, chat)
        if role is self._menus.get(chat):
            return
        if role is None:
            await self.bot.delete_my_commands(scope=BotCommandScopeChat(int(chat)))
            del self._menus[chat]
            return
        menu = [BotCommand(name, words) for name, words in command_menu(self.parts.texts, role)]
        await self.bot.set_my_commands(menu, scope=BotCommandScopeChat(int(chat)))
        self._menus[chat] = role

    async def poll(self, offset: int | None, seconds: int) -> list[object]:
        try:
            answer = await self.bot.raw_updates(offset, seconds)
        except RetryAfter as fault:
            raise PollFailed("too many requests", _seconds(fault)) from fault
        except InvalidToken as fault:
            raise TokenRevoked from fault
        except Conflict as fault:
            raise PollFailed("another process polls with this token, or a webhook is set", CONFLICT_SECONDS) from fault
        except TelegramError as fault:
            raise PollFailed(type(fault).__name__) from fault
        return list(answer) if isinstance(answer, list) else []

    async def fetch(self, ref: str) -> bytes:
        try:
            found = await self.bot.get_file(ref)
            if (found.file_size or 0) > MAX_BYTES or not found.file_path:
                raise TooBig
            return bytes(await found.download_as_bytearray(read_timeout=SECONDS))
        except BadRequest as fault:
            if TOO_BIG in fault.message.lower():
                raise TooBig from fault
            raise FetchFailed(fault.message, is_final="temporarily" not in fault.message) from fault
        except TelegramError as fault:
            raise FetchFailed(type(fault).__name__) from fault

    async def prepare(self) -> None:
        async with _failures():
            await self.application.initialize()
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
        name = self.bot.username
        await self.store.write(lambda tx: tx.updates.set_bot_name(CHANNEL, name))
        # Strangers see one command only, groups another; an officer's own menu comes with the first message.
        async with _failures():
            for name, scope in (
                ("start", BotCommandScopeAllPrivateChats()),
                ("nhom", BotCommandScopeAllGroupChats()),
            ):
                words = self.parts.texts.pattern(f"telegram.menu.{name}")
                await self.bot.set_my_commands([BotCommand(name, words)], scope=scope)
            about = self.parts.texts.pattern("telegram.about.staff")
            if (await self.bot.get_my_description()).description != about:
                await self.bot.set_my_description(about)

    async def keyboard(self, message: Outgoing) -> Keyboard:
        return await self._presses.keyboard(message)


class PtbWire:
    """python-telegram-bot's way to send."""

    def __init__(self, bot: ExtBot[Any]) -> None:
        self._bot = bot

    async def send(self, chat: int, sheet: Sheet) -> int:
        markup = _markup(sheet.markup, self._bot)
        caption = sheet.text or None
        async with _failures():
            if sheet.document is not None:
                name, content = sheet.document
                sent = await self._bot.send_document(chat, content, filename=name, caption=caption, reply_markup=markup)
            elif sheet.picture is not None:
                sent = await self._bot.send_photo(chat, sheet.picture, caption=caption, reply_markup=markup)
            else:
                sent = await self._bot.send_message(
                    chat, sheet.text, reply_markup=markup, link_preview_options=LinkPreviewOptions(is_disabled=True)
                )
        return sent.message_id

    async def edit(self, chat: int, number: int, sheet: Sheet) -> None:
        markup = _markup(sheet.markup, self._bot)
        async with _failures():
            if sheet.picture is not None:
                media = InputMediaPhoto(sheet.picture, caption=sheet.text)
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
            await self._bot.send_media_group(chat, [InputMediaPhoto(each) for each in pictures])


def _markup(markup: Markup | None, bot: ExtBot[Any]) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup.de_json(markup, bot) if markup else None


def _seconds(fault: RetryAfter) -> float:
    pause = fault.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)


@asynccontextmanager
async def _failures() -> AsyncIterator[None]:
    """The library's exceptions as ours; BadRequest is one of its network errors, so the order matters."""
    try:
        yield
    except RetryAfter as fault:
        raise CallFailed(Fault.TOO_MANY, "too many requests", retry_after=_seconds(fault)) from fault
    except ChatMigrated as fault:
        raise CallFailed(Fault.MOVED, "moved", moved_to=str(fault.new_chat_id)) from fault
    except Forbidden as fault:
        raise CallFailed(Fault.FORBIDDEN, fault.message) from fault
    except BadRequest as fault:
        raise CallFailed(Fault.BAD_REQUEST, fault.message) from fault
    except InvalidToken as fault:
        raise CallFailed(Fault.REVOKED, "the token is not valid (any more)") from fault
    except TelegramError as fault:
        raise CallFailed(Fault.OTHER, type(fault).__name__) from fault
