"""What the commands share in a terminal: the service opened, files in, JSON out, and faults in words."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from bot.app import Service
    from bot.settings import Settings
    from routing.config import Config
    from storage.store import Store

DbOption = Annotated[str, typer.Option("--db", help="địa chỉ cơ sở dữ liệu; mặc định theo DATABASE_URL")]


def _configured(ctx: typer.Context, param: typer.CallbackParam, file: Path) -> Path:
    """The file that was named, else the one of the environment or `.env`."""
    source = ctx.get_parameter_source(str(param.name))
    return configured_file() if source is not None and source.name == "DEFAULT" else file


FileOption = Annotated[
    Path, typer.Option("--file", help="tệp cấu hình; mặc định theo CONFIG_FILE", callback=_configured)
]
FileArgument = Annotated[Path, typer.Argument(help="tệp cấu hình; mặc định theo CONFIG_FILE", callback=_configured)]
UnitsOption = Annotated[Path | None, typer.Option(help="tệp đơn vị hành chính (CSV) thay cho tệp đi kèm")]
CONFIG_FILE = Path("config.yaml")


def opened(db: str = "") -> AbstractContextManager[Service]:
    """The service of `.env`, on another database when one is named; closed at the end."""
    return closing(open_by_name(db))


def open_by_name(db: str = "") -> Service:
    """The same, to be closed by the caller. What it logs is no part of what a command prints."""
    from bot.app import open_service
    from bot.logs import configure_logs

    settings = settings_for(db)
    configure_logs(settings.log_level)
    return open_service(settings)


def opened_store(db: str = "", anew: bool = True) -> AbstractContextManager[Store]:
    """Its database alone, for what needs neither reader nor map. `anew`: one that is not there is made."""
    from storage.sealed import MasterKeys
    from storage.store import Store

    settings = settings_for(db)
    file = settings.database_file
    if not anew and file is not None and not file.exists():
        stop(f"không có cơ sở dữ liệu {file}")
    return closing(Store.open(settings.database_url, MasterKeys.load(settings.key_file)))


def settings_for(db: str = "") -> Settings:
    """What `.env` and the environment say, but for the database when one is named."""
    from bot.settings import Settings

    settings = Settings()
    return settings.model_copy(update={"database_url": db}) if db else settings


def configured_file() -> Path:
    """The configuration's file, as the environment or `.env` say."""
    return settings_for().config_file


@contextmanager
def explained() -> Iterator[None]:
    """Turns what an operator or administrator can mend into words and exit code 2.

    A broken configuration or setting, a refused edit, a database that is newer or cannot be opened, written or copied,
    a wrong key, a missing secret, map data that is not there, a file or folder that may not be read or written.
    """
    try:
        yield
    except typer.Exit:
        raise
    except Exception as fault:
        words = _words_for(fault)
        if words is None:
            raise
        stop(words)


def _words_for(fault: Exception) -> str | None:
    """None for a fault of ours. Whatever is imported here is already there when its fault has been raised."""
    from pydantic import ValidationError

    from bot.settings import SecretMissing
    from routing.config import ConfigFaults
    from routing.config.reading import why
    from routing.config_edit import EditRefused
    from routing.geography import GeographyUnavailable
    from storage.backup import BackupFailed
    from storage.sealed import KeyFault
    from storage.store import DatabaseFault, NewerDatabase, WriteRefused

    match fault:
        case ConfigFaults():
            return "\n".join([*map(str, fault.faults), f"{len(fault.faults)} chỗ sai."])
        case ValidationError():
            return "\n".join(
                f"{'.'.join(map(str, wrong['loc'])).upper()} (môi trường hoặc .env): "
                + wrong["msg"].removeprefix("Value error, ")
                for wrong in fault.errors()
            )
        case EditRefused() | GeographyUnavailable() | SecretMissing():
            return str(fault)
        case DatabaseFault() | WriteRefused() | NewerDatabase() | KeyFault() | BackupFailed():
            return str(fault)
        case OSError(filename=str() | Path()):  # not of a connection, but of something that the operator named
            return f"Không đọc hoặc ghi được {fault.filename}: {why(fault)}"
    return None


def stop(words: str) -> NoReturn:
    """Says why and ends with exit code 2."""
    print(words, file=sys.stderr)
    raise typer.Exit(2)


def load(file: Path, units: Path | None) -> Config:
    """The checked configuration of a file. Raises ConfigFaults."""
    from routing import config

    return config.load(file, units)


def config_text(path: Path) -> str:
    """The text of a configuration file. Raises ConfigFaults."""
    from routing.config import read_text

    return read_text(path)


def read(path: Path) -> str:
    """The text of a file, or an end with words when it cannot be read."""
    from routing.config.reading import why

    try:
        return path.read_text(encoding="utf-8")
    except OSError as fault:
        stop(f"Không đọc được {path}: {why(fault)}")
    except UnicodeDecodeError:
        stop(f"Không đọc được {path}: không phải chữ UTF-8; xin lưu lại với bảng mã UTF-8 (Excel: “CSV UTF-8”)")


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file; "-" is the standard input."""
    lines = sys.stdin if str(path) == "-" else io.StringIO(read(path))
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            stop(f"{path}:{number}: không phải một đối tượng JSON")
        yield row


def moment(at: object) -> datetime | None:
    """A time as written in ISO 8601, of Hà Nội unless it says otherwise; None when nothing is written."""
    from datetime import datetime

    from routing.calendar import HANOI

    if not at:
        return None
    try:
        read_at = datetime.fromisoformat(str(at))
    except ValueError:
        stop(f"Thời điểm “{at}” không đọc được; cần dạng 2026-12-01T21:00+07:00.")
    return read_at if read_at.tzinfo else read_at.replace(tzinfo=HANOI)


def print_json(value: object, indent: int | None = None) -> None:
    """One JSON value with its accents."""
    print(json.dumps(value, ensure_ascii=False, indent=indent))
