"""`phananh run`: the whole service on this machine."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import DbOption, settings_for, stop

if TYPE_CHECKING:
    import socket

    from bot.app import Service
    from storage.records import Role

PLATFORMS = {
    "telegram_citizen_token": "Telegram của người dân",
    "telegram_staff_token": "Telegram của cán bộ",
    "zalo_bot_token": "Zalo Bot",
    "zalo_oa_app_id": "Zalo Official Account",
}
"""The setting that turns a platform on, and what the platform is called."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("run")(run)


def run(
    host: Annotated[str, typer.Option(help="địa chỉ để lắng nghe; mặc định chỉ máy này")] = "",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="cổng; mặc định 8080, 0 là cổng nào còn trống")
    ] = None,
    db: DbOption = "",
    sample: Annotated[bool, typer.Option(help="đổ sẵn thành phố mẫu khi cơ sở dữ liệu còn trống")] = True,
) -> None:
    """Chạy dịch vụ: trang trò chuyện, bàn làm việc, gửi tin, nhắc hạn. Ctrl-C để dừng."""
    # Half a second of some three: what is imported now stays, and need not be searched for garbage on the way.
    gc.disable()
    from bot.app import open_service
    from bot.late_reader import LateReader
    from bot.logs import configure_logs
    from bot.run import PortTaken, allow_open_pages, listen_on

    settings = settings_for(db)
    changes: dict[str, object] = {"host": host or settings.host, "port": settings.port if port is None else port}
    settings = settings.model_copy(update=changes)
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
    except OSError as fault:
        address = f"{settings.host}:{settings.port}"
        wanted = "HOST là một địa chỉ của máy này, PORT từ 1024 trở lên"
        stop(f"Không lắng nghe được ở {address}: {fault.strerror}. {wanted}.")
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    allow_open_pages()
    service = open_service(settings, reads=LateReader)
    gc.freeze()
    gc.enable()
    try:
        asyncio.run(_serve(service, listener, sample))
    finally:
        service.close()
    print("Đã dừng gọn gàng.")


async def _serve(service: Service, listener: socket.socket, sample: bool) -> None:
    from bot.run import running, stop_asked

    # From the first moment on: a stop that comes while the sample is filled waits for it, and is clean like any other.
    stopped = stop_asked()
    async with running(service, listener):
        _greet(service)
        # A reader that cannot be loaded at all stops the service here rather than at somebody's first message.
        await asyncio.to_thread(service.reader.read, "")
        if sample and not stopped.is_set() and _is_first_look(service):
            await asyncio.to_thread(_fill, service)
        await asyncio.to_thread(_invite_first, service)
        await stopped.wait()
        print("\nĐang dừng…", flush=True)


def _greet(service: Service) -> None:
    settings = service.settings
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = (settings.public_url or f"http://{host}:{settings.port}").rstrip("/")
    print(f"Trang trò chuyện của người dân: {base}/")
    print(f"Bàn làm việc của cán bộ:        {base}/desk")
    off = (field for field in PLATFORMS if getattr(settings, field) is None)
    if missing := [f"{PLATFORMS[field]} ({field.upper()})" for field in off]:
        print(f"Đang tắt vì chưa có khoá trong .env: {', '.join(missing)}")
    print("Bấm Ctrl-C để dừng.", flush=True)


def _is_first_look(service: Service) -> bool:
    """A machine with nothing of its own set up: no other database, no platform, no public address."""
    settings = service.settings
    has_platform = any(getattr(settings, field) for field in PLATFORMS)
    return service.store.is_sqlite and settings.public_url is None and not has_platform


def _fill(service: Service) -> None:
    from bot.sample import fill_sample

    if service.geography is None:
        return
    filed = fill_sample(
        service.store, service.files, service.current_config, service.reader, service.geography, service.clock()
    )
    if filed:
        print(
            f"Đã đổ sẵn một thành phố mẫu với {filed} vụ việc (cơ sở dữ liệu này được đánh dấu là bản mẫu).", flush=True
        )


def _invite_first(service: Service) -> None:
    """While nobody can come in: an invitation for the first administrator, and in a sample one for an officer."""
    from storage.records import Role

    roles = service.current_config().roles
    if service.store.read_now(lambda tx: any(tx.chats.of_officer(officer.id) for officer in tx.officers.all())):
        return
    print(f"Mã mời quản trị viên đầu tiên (dùng một lần, hạn 24 giờ): {_code(service, roles.reviewer, Role.ADMIN)}")
    if service.store.read_now(lambda tx: tx.meta.get("demo")) is not None:
        print(
            f"Mã mời cán bộ UBND phường Hoàn Kiếm để xem thử:             {_code(service, 'ubnd-00070', Role.OFFICER)}"
        )
    sys.stdout.flush()


def _code(service: Service, agency: str, role: Role) -> str:
    from bot.casework.context import Context
    from bot.casework.join_staff import invite, new_code
    from storage.records import AgencyId

    code, now = new_code(), service.clock()
    service.store.write_now(
        lambda tx: invite(
            Context(tx, service.current_config(), now), code, AgencyId(agency), role, by="console", confirmed=True
        )
    )
    return code
