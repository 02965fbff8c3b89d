"""`phananh chat`: the citizen's or the officer's conversation in this terminal."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.faults import explained

if TYPE_CHECKING:
    from bot.app import Service
    from bot.channels.console import Terminal


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("chat")(chat)


def chat(
    as_: Annotated[str, typer.Option("--as", help="citizen hoặc officer")] = "citizen",
    login: Annotated[str, typer.Option(help="mã mời của cán bộ (dùng lại được từ chính máy này)")] = "",
    citizen: Annotated[str, typer.Option(help="tên của cuộc trò chuyện; mỗi tên là một người")] = "me",
    db: Annotated[str, typer.Option(help="địa chỉ cơ sở dữ liệu; mặc định theo DATABASE_URL")] = "",
    record: Annotated[Path | None, typer.Option(help="ghi lại cuộc trò chuyện vào tệp")] = None,
) -> None:
    """Trò chuyện trong cửa sổ lệnh: mỗi dòng là một tin nhắn.

    Thêm: :photo TỆP · :place LAT,LON · :press SỐ · :reply SỐ LỜI · :again (gửi lại lần nữa) · :restart (khởi động lại)
    """
    from bot.casework.join_staff import code_hash
    from bot.channels.console import Terminal

    is_staff = as_ != "citizen"
    name = f"staff-{code_hash(login)[:10]}" if is_staff else citizen
    with explained():
        service = _open(db)
        terminal = Terminal(name, service.clock, sys.stdout, said=[] if record else None)
        try:
            asyncio.run(_talk(service, terminal, is_staff, login, db, record))
        finally:
            service.close()


def _open(db: str) -> Service:
    from bot.app import open_service
    from bot.settings import Settings

    settings = Settings()
    return open_service(settings.model_copy(update={"database_url": db}) if db else settings)


async def _talk(service: Service, terminal: Terminal, is_staff: bool, login: str, db: str, record: Path | None) -> None:
    from bot.channels.console import BadGesture

    await _open_chat(service, terminal, is_staff, login)
    while (line := await asyncio.to_thread(_read_line)) is not None:
        if not line.strip():
            continue
        if terminal.said is not None:
            terminal.said.append(f"{'cán bộ' if is_staff else 'dân'}: {line}")
        if line.strip() == ":restart":
            service.close()
            service = _open(db)
            continue
        try:
            incoming = terminal.hear(line)
        except BadGesture as fault:
            print(f"({fault})", file=terminal.out)
            continue
        await (service.desk if is_staff else service.converse).hear(incoming)
        await settle(service, terminal)
    if record is not None and terminal.said is not None:
        await asyncio.to_thread(record.write_text, "\n".join(terminal.said) + "\n", encoding="utf-8")


async def _open_chat(service: Service, terminal: Terminal, is_staff: bool, login: str) -> None:
    from bot.channels.console import CHANNEL

    await service.store.write(lambda tx: tx.outbox.unpark(CHANNEL, terminal.chat))
    known = await service.store.read(lambda tx: tx.chats.get(CHANNEL, terminal.chat))
    if is_staff and (known is None or known.officer is None):
        await service.desk.hear(terminal.hear(f"/start {login}"))
    elif not is_staff and known is None:
        await service.converse.hear(terminal.hear("/start"))
    await settle(service, terminal)


async def settle(service: Service, terminal: Terminal) -> None:
    """Delivers everything that is due, fetching pictures in between, until nothing is left to do."""
    from bot.app import media_of
    from bot.channels.console import CHANNEL, LocalFiles
    from bot.delivery import Delivery

    delivery = Delivery(service.store, service.current_config, service.texts, {CHANNEL: terminal}, service.clock)
    media = media_of(service, {CHANNEL: LocalFiles()}, delivery.wake)
    while await delivery.deliver_due() + await media.fetch_due():
        pass


def _read_line() -> str | None:
    if sys.stdin.isatty():
        try:
            return input("> ")
        except EOFError:
            return None
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None
