"""What citizens, officers and the triage desk put right: learned from by `phananh train`, and reported here."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import DbOption, opened_store, settings_for

if TYPE_CHECKING:
    from nlp.drift import Correction
    from storage.store import Store


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("corrections")(corrections)


def corrections(
    db: DbOption = "",
    as_json: Annotated[bool, typer.Option("--json", help="in JSON thay cho bảng")] = False,
) -> None:
    """Người dân, đầu mối điều phối đã sửa lĩnh vực nào thành lĩnh vực nào, và mô hình có lạc dần theo tháng không."""
    from nlp.drift import confusion, months
    from nlp.reader import Reader

    stored = stored_corrections(db)
    confused, by_month = confusion(stored), months(stored, Reader.load())
    if as_json:
        rows = {"decisions": len(stored), "confusion": confused, "months": [asdict(month) for month in by_month]}
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(f"{len(stored)} lần người quyết định lĩnh vực")
    table = Table("Máy hiểu là", "Người chọn", "Số lần", title="Hay nhầm")
    for was, became, count in confused:
        table.add_row(was, became, str(count))
    console.print(table)
    table = Table("Tháng", "Quyết định", "Đã đổi", "Nay đọc đúng", "Nay còn ngờ", "Chữ chưa gặp", title="Lạc dần")
    for month in by_month:
        shares = (f"{share:.0%}" for share in (month.right_now, month.unsure, month.unknown))
        table.add_row(month.month, str(month.decisions), str(month.changed), *shares)
    console.print(table)


def stored_corrections(db: str = "") -> list[Correction]:
    """All labelled examples of the service's database, oldest first.

    Empty when there is no database yet (none is made for asking), and for a sample month: nobody decided those.
    """
    file = settings_for(db).database_file
    if file is not None and not file.exists():
        return []
    with opened_store(db) as store:
        return corrections_in(store)


def corrections_in(store: Store) -> list[Correction]:
    """The same of an open database; times are those of Hà Nội, whose months are reported."""
    from nlp.drift import Correction
    from routing.calendar import HANOI

    is_sample, kept = store.read_now(lambda tx: (tx.meta.get("demo") is not None, tx.examples.all()))
    return [
        Correction(each.text, each.was, each.category, each.source, each.at.astimezone(HANOI))
        for each in (() if is_sample else kept)
    ]
