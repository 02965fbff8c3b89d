"""Running the service: invitations, sweeps by hand, verification."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.terminal import DbOption, moment, opened, opened_store, settings_for, stop


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
    db: DbOption = "",
) -> None:
    """In ra một mã mời dùng một lần, hạn 24 giờ; với --csv thì cả danh sách, thêm cột code."""
    if csv is not None:
        from bot.cli.staffing import invite_all

        invite_all(csv, db)
        return
    if not agency:
        stop("Cần --agency hoặc --csv.")
    from bot.casework.context import Context, Refused
    from bot.casework.join_staff import invite as make_invitation
    from bot.casework.join_staff import new_code
    from storage.records import AgencyId, Role

    if role not in set(Role):
        stop(f"Vai trò “{role}” không có. Chọn một trong: {', '.join(Role)}.")
    code, unit, wanted = new_code(), AgencyId(agency), Role(role)
    with opened(db) as service:
        config, now = service.current_config(), service.clock()
        try:
            service.store.write_now(
                lambda tx: make_invitation(
                    Context(tx, config, now), code, unit, wanted, "console", name, confirmed=True
                )
            )
        except Refused:
            stop(f"Không có đơn vị “{agency}” trong config.yaml.")
    print(code)


def run_jobs(
    now: Annotated[str, typer.Option(help="thời điểm, ví dụ 2026-12-01T09:00+07:00")] = "",
    only: Annotated[list[str] | None, typer.Option(help="chỉ chạy việc này")] = None,
    db: DbOption = "",
) -> None:
    """Chạy các việc theo giờ một lần. Chạy thử, không ghi gì, trừ khi cơ sở dữ liệu được đánh dấu là bản mẫu."""
    from bot.jobs import run_sweeps
    from bot.sweeps import SWEEPS

    unknown = [name for name in only or () if name not in SWEEPS]
    if unknown:
        stop(f"Không có việc “{unknown[0]}”. Có: {', '.join(SWEEPS)}.")
    asked_at = moment(now)
    with opened(db) as service:
        at = asked_at or service.clock()
        is_demo = service.store.read_now(lambda tx: tx.meta.get("demo")) is not None
        found = run_sweeps(service.store, service.current_config(), at, only or (), dry=not is_demo)
    for name, count in found.items():
        print(f"{name}: {count}")
    if not is_demo:
        print("(chạy thử: không ghi gì)")


def verify(db: DbOption = "") -> None:
    """Kiểm tra: mọi chuỗi sự kiện còn nguyên, mọi bước hợp lệ, không tin nào thất lạc, không tệp nào mồ côi."""
    from bot.casework.lifecycle import is_legal
    from routing.calendar import HANOI
    from storage.files import FileStore
    from storage.heads import HeadFiles
    from storage.verify import verify as check

    with opened_store(db, anew=False) as store:
        settings = settings_for(db)
        faults = check(store, FileStore(settings.files_dir), is_legal, HeadFiles(settings.heads_dir, HANOI))
    if faults:
        print("\n".join(map(str, faults)), file=sys.stderr)
        raise typer.Exit(1)
    print("Sạch: mọi thứ còn nguyên.")
