"""Tables as files that spreadsheets open: with a mark for UTF-8, and no cell that would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence


def table_file(rows: Iterable[Sequence[object]]) -> str:
    """CSV, the first row being the heads."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([guarded(str(cell)) for cell in row])
    return "\ufeff" + out.getvalue()


def guarded(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is made plain text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
