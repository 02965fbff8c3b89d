"""Running the service: invitations, sweeps by hand, verification."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.faults import explained
from bot.cli.terminal import moment


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("invite")(invite)
    app.command("verify")(verify)
    jobs = typer.Typer(help="Các việc chạy theo giờ.", no_args_is_help=True)
    jobs.command("run")(run_jobs)
    app.add_typer(jobs, name="jobs")
    jobs.callback()(_jobs)


def _jobs() -> None:
    """Các việc chạy theo giờ."""


def invite(
    agency: Annotated[str, typer.Option(help="mã đơn vị trong config.yaml, ví dụ ubnd-00070")] = "",
    role: Annotated[str, typer.Option(help="officer, lead, triage, reviewer hoặc admin")] = "officer",
    name: Annotated[str, typer.Option(help="họ tên")] = "",
    csv: Annotated[Path | None, typer.Option(help="tệp CSV có cột agency, role, name: mời nhiều người một lúc")] = None,
    db: Annotated[str, typer.Option(help="địa chỉ cơ sở dữ liệu")] = "",
) -> None:
    """In ra một mã mời dùng một lần, hạn 24 giờ; với --csv thì cả danh sách, thêm cột code."""
    if csv is not None:
        from bot.cli.staffing import invite_all

        invite_all(csv, db)
        return
    if not agency:
        print("Cần --agency hoặc --csv.", file=sys.stderr)
        raise typer.Exit(2)
    from bot.app import open_service
    from bot.casework.context import Context, Refused
    from bot.casework.join_staff import invite as make_invitation
    from bot.casework.join_staff import new_code
    from bot.settings import Settings
    from storage.records import AgencyId, Role

    try:
        wanted = Role(role)
    except ValueError:
        print(f"Vai trò “{role}” không có. Chọn một trong: {', '.join(Role)}.", file=sys.stderr)
        raise typer.Exit(2) from None
    with explained():
        settings = Settings()
        service = open_service(settings.model_copy(update={"database_url": db}) if db else settings)
        code = new_code()
        try:
            service.store.write_now(
                lambda tx: make_invitation(
                    Context(tx, service.current_config(), service.clock()),
                    code,
                    AgencyId(agency),
                    wanted,
                    by="console",
                    name=name,
                    confirmed=True,
                )
            )
        except Refused:
            print(f"Không có đơn vị “{agency}” trong config.yaml.", file=sys.stderr)
            raise typer.Exit(2) from None
        finally:
            service.close()
        print(code)


def run_jobs(
    now: Annotated[str, typer.Option(help="thời điểm, ví dụ 2026-12-01T09:00+07:00")] = "",
    only: Annotated[list[str] | None, typer.Option(help="chỉ chạy việc này")] = None,
    db: Annotated[str, typer.Option(help="địa chỉ cơ sở dữ liệu")] = "",
) -> None:
    """Chạy các việc theo giờ một lần. Chạy thử, không ghi gì, trừ khi cơ sở dữ liệu được đánh dấu là bản mẫu."""
    from bot.app import open_service
    from bot.casework.sweeps import SWEEPS
    from bot.jobs import run_sweeps
    from bot.settings import Settings

    unknown = [name for name in only or () if name not in SWEEPS]
    if unknown:
        print(f"Không có việc “{unknown[0]}”. Có: {', '.join(SWEEPS)}.", file=sys.stderr)
        raise typer.Exit(2)
    with explained():
        settings = Settings()
        service = open_service(settings.model_copy(update={"database_url": db}) if db else settings)
        try:
            at = moment(now) or service.clock()
            is_demo = service.store.read_now(lambda tx: tx.meta.get("demo")) is not None
            found = run_sweeps(service.store, service.current_config(), at, only or (), dry=not is_demo)
        finally:
            service.close()
        for name, count in found.items():
            print(f"{name}: {count}")
        if not is_demo:
            print("(chạy thử: không ghi gì)")


def verify(db: Annotated[str, typer.Option(help="địa chỉ cơ sở dữ liệu")] = "") -> None:
    """Kiểm tra: mọi chuỗi sự kiện còn nguyên, mọi bước hợp lệ, không tin nào thất lạc, không tệp nào mồ côi."""
    from bot.app import open_service
    from bot.casework.lifecycle import is_legal
    from bot.settings import Settings
    from storage.verify import verify as check

    with explained():
        settings = Settings()
        service = open_service(settings.model_copy(update={"database_url": db}) if db else settings)
        try:
            faults = check(service.store, service.files, is_legal)
        finally:
            service.close()
        for fault in faults:
            print(fault, file=sys.stderr)
        if faults:
            raise typer.Exit(1)
        print("Sạch: mọi thứ còn nguyên.")
