"""Many invitations at once, from a table: how 126 wards are staffed in one go."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.terminal import opened, read, stop
from routing.config import AgencyId as ConfiguredId
from routing.config import Config
from routing.spreadsheet import cells_of
from storage.records import AgencyId, Role

if TYPE_CHECKING:
    from storage.store import Transaction

COLUMNS = ("agency", "role", "name")


def invite_all(table: Path, db: str) -> None:
    """Prints the table with a column `code`. All faults are told at once, by line, and then nobody is invited."""
    from bot.casework.context import Context
    from bot.casework.join_staff import invite, new_code

    with opened(db) as service:
        config, now = service.current_config(), service.clock()
        rows = list(cells_of(read(table)))
        if faults := [fault for line, row in rows for fault in _faults(config, line, row)]:
            stop("\n".join(faults))
        coded = [(row, new_code()) for _, row in rows]

        def invite_each(tx: Transaction) -> None:
            ctx = Context(tx, config, now)
            for row, code in coded:
                agency, role = AgencyId(row["agency"]), Role(row.get("role") or "officer")
                invite(ctx, code, agency, role, "console", row.get("name", ""), confirmed=True)

        service.store.write_now(invite_each)
    writer = csv.writer(sys.stdout)
    writer.writerow([*COLUMNS, "code"])
    writer.writerows([*(row.get(column, "") for column in COLUMNS), code] for row, code in coded)


def _faults(config: Config, line: int, row: Mapping[str, str]) -> list[str]:
    faults = []
    agency = row.get("agency", "")
    if ConfiguredId(agency) not in config.agencies:
        faults.append(f"Dòng {line}: không có đơn vị “{agency}”.")
    if (row.get("role") or "officer") not in set(Role):
        faults.append(f"Dòng {line}: không có vai trò “{row['role']}”.")
    return faults
