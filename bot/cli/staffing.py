"""Many invitations at once, from a table: how 126 wards are staffed in one go."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from pathlib import Path

import typer

from bot.cli.faults import explained
from routing.config import AgencyId as ConfiguredId
from routing.config import Config
from storage.records import AgencyId, Role

COLUMNS = ("agency", "role", "name")


def invite_all(table: Path, db: str) -> None:
    """Prints the table with a column `code`. All faults are told at once, by line, and then nobody is invited."""
    from bot.app import open_service
    from bot.casework.context import Context
    from bot.casework.join_staff import invite, new_code
    from bot.settings import Settings

    with explained():
        settings = Settings()
        service = open_service(settings.model_copy(update={"database_url": db}) if db else settings)
        try:
            config = service.current_config()
            rows = _read(table)
            faults = [f for line, row in enumerate(rows, 2) for f in _faults(config, line, row)]
            if faults:
                print("\n".join(faults), file=sys.stderr)
                raise typer.Exit(2)
            coded = [(row, new_code()) for row in rows]
            now = service.clock()

            def invite_each(tx: object) -> None:
                ctx = Context(tx, config, now)  # type: ignore[arg-type]
                for row, code in coded:
                    agency, role = AgencyId(row["agency"].strip()), Role(row["role"].strip() or "officer")
                    invite(ctx, code, agency, role, "console", row["name"].strip(), confirmed=True)

            service.store.write_now(invite_each)
        finally:
            service.close()
    writer = csv.writer(sys.stdout)
    writer.writerow([*COLUMNS, "code"])
    writer.writerows([*(row[column] for column in COLUMNS), code] for row, code in coded)


def _read(table: Path) -> list[dict[str, str]]:
    try:
        text = table.read_text(encoding="utf-8-sig")
    except OSError as fault:
        print(f"Không đọc được tệp: {fault.strerror}.", file=sys.stderr)
        raise typer.Exit(2) from None
    return [{column: row.get(column) or "" for column in COLUMNS} for row in csv.DictReader(text.splitlines())]


def _faults(config: Config, line: int, row: Mapping[str, str]) -> list[str]:
    faults = []
    if ConfiguredId(row["agency"].strip()) not in config.agencies:
        faults.append(f"Dòng {line}: không có đơn vị “{row['agency']}”.")
    if (row["role"].strip() or "officer") not in set(Role):
        faults.append(f"Dòng {line}: không có vai trò “{row['role']}”.")
    return faults
