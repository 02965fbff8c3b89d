"""`phananh bench`: how fast this machine runs the service, against plain code in the same run."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("bench")(bench)


def bench(
    quick: Annotated[bool, typer.Option("--quick", help="đo nhanh: ít vòng, 50.000 vụ thay vì 1.000.000")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="ghi mọi số liệu vào tệp JSON này")] = None,
    only: Annotated[str, typer.Option(help="chỉ đo các phần này, ví dụ P1,P7")] = "",
    db: Annotated[str, typer.Option(help="máy chủ PostgreSQL cho P10, cần quyền tạo cơ sở dữ liệu")] = "",
) -> None:
    """Đo tốc độ so với mã trần trong cùng một lần chạy, ở thư mục tạm; không đụng đến dữ liệu của dịch vụ."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from bot.bench.machine import machine
    from bot.bench.report import MACHINE, as_json, line, table, verdict
    from bot.bench.stage import FULL, QUICK, Stage
    from bot.bench.suite import UnknownPart, chosen, measure
    from bot.logs import configure_logs

    try:
        names = chosen(only)
    except UnknownPart as unknown:
        print(f"Không có phần “{unknown}”. Có từ P1 đến P13.", file=sys.stderr)
        raise typer.Exit(2) from None
    configure_logs("ERROR")
    console, sizes = Console(), QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="phananh-bench-") as folder:
        known = machine(Path(folder))
        for name, label in MACHINE.items():
            console.print(f"{label}: {known[name]}", highlight=False)
        if quick:
            console.print(f"Đo nhanh: {sizes.rounds} vòng, {sizes.cases:_} vụ; chỉ để xem chừng.".replace("_", "."))
        columns = (SpinnerColumn(), *Progress.get_default_columns()[:2], TextColumn("{task.fields[now]}"))
        with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
            bar = progress.add_task("", total=len(names), now="")
            stage = Stage(Path(folder), sizes, db, tell=lambda words: progress.update(bar, now=words))

            def begin(name: str) -> None:
                progress.update(bar, completed=names.index(name), description=name, now="")

            found = []
            try:
                for each in measure(stage, names, begin):
                    found.append(each)
                    console.print(line(each), highlight=False)
                progress.update(bar, completed=len(names), description="Xong", now="")
            except KeyboardInterrupt:
                progress.update(bar, description="Dừng; dưới đây là phần đã đo", now="")
            finally:
                stage.close()
        console.print(table(found, sizes))
        console.print(verdict(found))
        if json_file is not None:
            written = json.dumps(as_json(known, found, sizes, quick), ensure_ascii=False, indent=1)
            json_file.write_text(written + "\n", encoding="utf-8")
