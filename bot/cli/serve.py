"""`phananh run`: the whole service on this machine."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.faults import explained

if TYPE_CHECKING:
    import socket

    from bot.app import Service


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("run")(run)


def run(
    host: Annotated[str, typer.Option(help="địa chỉ để lắng nghe; mặc định chỉ máy này")] = "",
    port: Annotated[int, typer.Option(help="cổng; mặc định 8080")] = 0,
    db: Annotated[str, typer.Option(help="địa chỉ cơ sở dữ liệu; mặc định theo DATABASE_URL")] = "",
    sample: Annotated[bool, typer.Option(help="đổ sẵn thành phố mẫu khi cơ sở dữ liệu còn trống")] = True,
) -> None:
    """Chạy dịch vụ: trang trò chuyện, bàn làm việc, gửi tin, nhắc hạn. Ctrl-C để dừng."""
    from bot.app import open_service
    from bot.logs import configure_logs
    from bot.run import PortTaken, listen_on
    from bot.settings import Settings

    changes = {name: value for name, value in (("host", host), ("port", port), ("database_url", db)) if value}
    settings = Settings().model_copy(update=changes)
    configure_logs(settings.log_level)
    try:
        listener = listen_on(settings.host, settings.port)
    except PortTaken as taken:
        print(
            f"Cổng {taken} đang có chương trình khác dùng. Dừng chương trình đó, hoặc chọn cổng khác: "
            f"phananh run --port {settings.port + 1}",
            file=sys.stderr,
        )
        raise typer.Exit(1) from None
    with explained():
        service = open_service(settings)
        try:
            asyncio.run(_serve(service, listener, sample))
        finally:
            service.close()
    print("Đã dừng gọn gàng.")


async def _serve(service: Service, listener: socket.socket, sample: bool) -> None:
    from bot.run import running, until_stopped

    async with running(service, listener):
        _greet(service)
        await until_stopped()
        print("\nĐang dừng…", flush=True)


def _greet(service: Service) -> None:
    settings = service.settings
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    print(f"Trang trò chuyện của người dân: {base}/", flush=True)
    print(f"Bàn làm việc của cán bộ:        {base}/desk", flush=True)
