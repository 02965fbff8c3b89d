"""`phananh chat`: the citizen's or the officer's conversation in this terminal."""

from __future__ import annotations

import asyncio
import io
import signal
import sys
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import DbOption, open_by_name, stop

if TYPE_CHECKING:
    from bot.app import Service
    from bot.channels.console import Terminal
    from bot.cli.recording import Recording
    from bot.dialogue.message import Incoming


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("chat")(chat)


class Side(StrEnum):
    """Who sits at the terminal."""

    CITIZEN = "citizen"
    OFFICER = "officer"


def chat(
    as_: Annotated[Side, typer.Option("--as", help="nói chuyện với tư cách nào")] = Side.CITIZEN,
    login: Annotated[str, typer.Option(help="mã mời của cán bộ (dùng lại được từ chính máy này)")] = "",
    citizen: Annotated[str, typer.Option(help="tên của cuộc trò chuyện; mỗi tên là một người")] = "me",
    db: DbOption = "",
    record: Annotated[Path | None, typer.Option(help="ghi lại cuộc trò chuyện vào tệp, để phát lại được")] = None,
) -> None:
    """Trò chuyện trong cửa sổ lệnh: mỗi dòng là một tin nhắn.

    Thêm: :photo TỆP · :place LAT,LON · :press SỐ · :reply SỐ LỜI · :again (gửi lại lần nữa) · :restart (khởi động lại)
    """
    from bot.casework.join_staff import code_hash
    from bot.channels.console import Terminal
    from bot.cli.recording import Recording

    if as_ is Side.OFFICER and not login:
        stop("Cần --login MÃ. Mã mời lấy bằng: phananh invite --agency ĐƠN_VỊ --role officer")
    _read_any_bytes()
    name = f"staff-{code_hash(login)[:10]}" if as_ is Side.OFFICER else citizen
    recording = Recording(record) if record else None
    service = open_by_name(db)
    terminal = Terminal(name, service.clock, sys.stdout, said=[] if record else None)
    with closing(_Talk(service, terminal, as_, db, recording)) as talk:
        asyncio.run(talk.hold(login))


class _Talk:
    """A conversation from the first line to the last."""

    def __init__(
        self, service: Service, terminal: Terminal, side: Side, db: str, recording: Recording | None = None
    ) -> None:
        self._service = service
        self._terminal = terminal
        self._side = side
        self._db = db
        self._recording = recording

    async def hold(self, login: str) -> None:
        """Opens the chat, then hears line after line until there are no more."""
        await self._open_chat(login)
        while (line := await _read_line()) is not None:
            if line.strip():
                await self._turn(line)

    def close(self) -> None:
        """Closes the service, which after `:restart` is another than the one it was begun with."""
        self._service.close()

    async def _turn(self, line: str) -> None:
        from bot.channels.console import BadGesture

        if line.strip() == ":restart":
            self._note(line)
            self._service.close()
            self._service = open_by_name(self._db)
            return
        try:
            incoming = self._terminal.hear(line)
        except BadGesture as fault:
            print(f"({fault})", file=self._terminal.out)
            return
        await self._settle()  # what came due since the last line is said before this one is heard
        self._note(line)
        await self._hear(incoming)

    async def _hear(self, incoming: Incoming) -> None:
        await (self._service.desk if self._side is Side.OFFICER else self._service.converse).hear(incoming)
        await self._settle()

    async def _open_chat(self, login: str) -> None:
        from bot.channels.console import CHANNEL

        store, chat = self._service.store, self._terminal.chat
        await store.write(lambda tx: tx.outbox.unpark(CHANNEL, chat))
        known = await store.read(lambda tx: tx.chats.get(CHANNEL, chat))
        if self._side is Side.OFFICER and (known is None or known.officer is None):
            await self._join(login)
        elif self._side is Side.CITIZEN and known is None:
            self._note("/start")
            await self._hear(self._terminal.hear("/start"))
        else:
            self._remark("tiếp một cuộc trò chuyện có từ trước")
            await self._settle()

    async def _join(self, login: str) -> None:
        from bot.channels.console import CHANNEL

        await self._hear(self._terminal.hear(f"/start {login}"))
        chat = self._terminal.chat
        known = await self._service.store.read(lambda tx: tx.chats.get(CHANNEL, chat))
        if self._recording is None or known is None or known.officer is None:
            return
        number = known.officer
        self._recording.joins(await self._service.store.read(lambda tx: tx.officers.get(number)))

    async def _settle(self) -> None:
        await settle(self._service, self._terminal)
        if self._recording is not None and self._terminal.said:
            self._recording.says(self._terminal.said)
            self._terminal.said.clear()

    def _note(self, line: str) -> None:
        if self._recording is not None:
            self._recording.hears(line, self._service.clock())

    def _remark(self, words: str) -> None:
        if self._recording is not None:
            self._recording.remarks(words)


async def settle(service: Service, terminal: Terminal) -> None:
    """Delivers everything that is due, fetching pictures in between, until nothing is left to do."""
    from bot.app import media_of
    from bot.channels.console import CHANNEL, LocalFiles
    from bot.delivery import Delivery

    delivery = Delivery(service.store, service.current_config, service.texts, {CHANNEL: terminal}, service.clock)
    media = media_of(service, {CHANNEL: LocalFiles()}, delivery.wake)
    while await delivery.deliver_due() + await media.fetch_due():
        pass


def _read_any_bytes() -> None:
    """A line in another encoding is read with marks in it, and is no reason to break off."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


async def _read_line() -> str | None:
    """The next line, or None at the end: of the file, by Ctrl-D, or by Ctrl-C."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        return line.rstrip("\n") if line else None
    # A terminal hands over whole lines, so that reading does not wait once there is something to read.
    line = sys.stdin.readline() if await _is_typed() else ""
    if not line:
        print()
        return None
    return line.rstrip("\n")


async def _is_typed() -> bool:
    """Shows the prompt and waits for the keyboard: whether a line or its end came, not Ctrl-C.

    `input` would miss a Ctrl-C that arrives just before it begins to wait, until another key is pressed.
    """
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[bool] = loop.create_future()

    def told(is_typed: bool) -> None:
        if not typed.done():
            typed.set_result(is_typed)

    before = signal.getsignal(signal.SIGINT)
    loop.add_signal_handler(signal.SIGINT, told, False)
    loop.add_reader(sys.stdin, told, True)
    try:
        print("> ", end="", flush=True)
        return await typed
    finally:
        loop.remove_reader(sys.stdin)
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)
