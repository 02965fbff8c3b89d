"""What the commands of administrators share in a terminal: files in, JSON and YAML out, and faults in words."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from routing.config import Config

FileOption = Annotated[Path, typer.Option("--file", help="tệp cấu hình", envvar="CONFIG_FILE")]
UnitsOption = Annotated[Path | None, typer.Option(help="tệp đơn vị hành chính (CSV) thay cho tệp đi kèm")]
CONFIG_FILE = Path("config.yaml")


@contextmanager
def explained() -> Iterator[None]:
    """Faults of the configuration, a refused edit and unreadable files, in words and with exit code 2."""
    from routing.config import ConfigFaults
    from routing.config_edit import EditRefused
    from routing.geography import GeographyUnavailable

    try:
        yield
    except ConfigFaults as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        stop(f"{len(error.faults)} chỗ sai.")
    except (EditRefused, GeographyUnavailable) as error:
        stop(str(error))


def stop(words: str) -> NoReturn:
    """Says why and ends with exit code 2."""
    print(words, file=sys.stderr)
    raise typer.Exit(2)


def load(file: Path, units: Path | None) -> Config:
    """The checked configuration of a file. Raises ConfigFaults."""
    from routing import config

    return config.load(file, units)


def read(path: Path) -> str:
    """The text of a file, or an end with words when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        stop(f"Không đọc được {path}: {error}")


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file; "-" is the standard input."""
    lines = sys.stdin if str(path) == "-" else read(path).splitlines()
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
