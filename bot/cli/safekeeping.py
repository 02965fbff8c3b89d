"""What an operator does so that nothing is lost: copies of the database, and a new master key now and then."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.terminal import DbOption, opened_store, settings_for, stop


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("backup")(backup)
    keys = typer.Typer(help="Khoá chính, thứ mở mọi dữ liệu cá nhân.", no_args_is_help=True)
    keys.command("renew")(renew)
    keys.command("forget")(forget)
    app.add_typer(keys, name="keys")


def backup(
    target: Annotated[Path, typer.Argument(help="tệp bản sao, ví dụ /sao-luu/2026-12-01.db")], db: DbOption = ""
) -> None:
    """Sao lưu cơ sở dữ liệu SQLite, cả khi dịch vụ đang chạy, rồi mở thử bản sao. Khoá chính và ảnh sao riêng."""
    from bot.casework.lifecycle import is_legal
    from storage.backup import back_up, check_backup
    from storage.files import FileStore
    from storage.sealed import MasterKeys

    settings = settings_for(db)
    file = settings.database_file
    if file is None:
        stop("Chỉ sao lưu được SQLite. Với PostgreSQL xin dùng pg_dump.")
    size = back_up(file, target)
    faults = check_backup(target, MasterKeys.load(settings.key_file), FileStore(settings.files_dir), is_legal)
    if faults:
        print("\n".join(map(str, faults)), file=sys.stderr)
        stop(f"{target}: đã sao, nhưng có {len(faults)} chỗ không ổn như trên.")
    print(f"{target}: {size / 1024**2:.1f} MB, đã mở thử, mọi thứ còn nguyên.")


def renew(db: DbOption = "") -> None:
    """Thay khoá chính, cả khi dịch vụ đang chạy. Khoá cũ còn trong tệp khoá, để mở các bản sao lưu cũ."""
    from storage.sealed import MasterKeys

    with opened_store(db, anew=False) as store:
        path = settings_for().key_file
        renewed = MasterKeys.load(path).rotate()
        # First the file: a key that has wrapped anything is never only in memory.
        renewed.write(path)
        count = store.rewrap(renewed)
    print(f"Khoá mới {renewed.newest} đã mở và bọc lại khoá của {count} người. Xin sao lưu lại {path}.")


def forget(db: DbOption = "") -> None:
    """Bỏ các khoá cũ khỏi tệp khoá. Bản sao lưu từ trước lần thay khoá sẽ không mở được nữa."""
    from storage.sealed import MasterKeys

    with opened_store(db, anew=False) as store:
        path = settings_for().key_file
        keys = MasterKeys.load(path)
        store.rewrap(keys)
        keys.only_newest().write(path)
    print(f"{path} chỉ còn khoá {keys.newest}.")
