"""A table as a spreadsheet writes it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator


def cells_of(table: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row below the head with its line in the file: cells by column, without the spaces around them.

    Commas or semicolons part the cells, as the country's settings have it; a byte order mark may stand in front.
    """
    table = table.removeprefix("\ufeff")
    head = table.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(table), delimiter=";" if head.count(";") > head.count(",") else ",")
    for cells in reader:
        yield (
            reader.line_num,
            {str(key).strip(): str(value or "").strip() for key, value in cells.items() if key is not None},
        )
