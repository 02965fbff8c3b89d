"""Charts: columns through time, and bars to compare. The title says the finding; every number stands where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.reports.drawing.sheet import (
    BLUE,
    INK,
    LEADING,
    LINE,
    MARGIN,
    PALE,
    RED,
    SMALL,
    SOFT,
    TEXT,
    TITLE,
    WIDTH,
    Sheet,
    cut,
    width_of,
    wrapped,
)

PLOT_HEIGHT = 430
SERIES_COLOURS = (PALE, BLUE, RED)
NUMBER, LEAST_NUMBER = 27, 21
ROW_HEIGHT = 88
NAME_HEIGHT = 40
BAR_HEIGHT = 24
LEAST_BAR = 6
"""Nothing is a short bar too: one sees that somebody was counted."""
ROOM = WIDTH - 2 * MARGIN


def columns(args: Mapping[str, Any]) -> bytes:
    """Groups of columns, one group a day or week.

    `title`, `note`; `labels`: the groups; `series`: (name, numbers, as many as labels), at most three.
    """
    series: Sequence[Sequence[Any]] = args["series"]
    head = _Head(args)
    top = head.height + 60
    sheet = Sheet(int(top + PLOT_HEIGHT + 90))
    head.draw(sheet)
    _legend(sheet, head.height, [name for name, _ in series])
    base = top + PLOT_HEIGHT
    highest = max([1, *(number for _, numbers in series for number in numbers)])
    labels: Sequence[str] = args["labels"]
    group = ROOM / max(1, len(labels))
    bar = group * 0.84 / len(series)
    size = _number_size(highest, bar)
    if not size:
        _scale(sheet, base, highest)
    for g in range(len(labels)):
        left = MARGIN + g * group + group * 0.08
        for s, (_, numbers) in enumerate(series):
            height = (PLOT_HEIGHT - 50) * numbers[g] / highest
            x = left + s * bar
            sheet.box(x, base - height, x + bar - 3, base, SERIES_COLOURS[s])
            if size and numbers[g]:
                sheet.text((x + bar / 2 - 1, base - height - 6), str(numbers[g]), size, INK, anchor="ms")
    sheet.line([(MARGIN, base), (WIDTH - MARGIN, base)], INK, 3)
    every = _step(labels, group)
    for g in range(len(labels) - 1, -1, -every):
        sheet.text((MARGIN + (g + 0.5) * group, base + 14), labels[g], SMALL, SOFT, anchor="ma")
    return sheet.png()


def bars(args: Mapping[str, Any]) -> bytes:
    """Bars below one another, each with its name and what it says.

    `title`, `note`; `rows`: (name, share of the full width from 0 to 1, words at the end, whether it is the finding).
    A name may have several lines, and then all have as many.
    """
    head = _Head(args)
    rows: Sequence[Sequence[Any]] = args["rows"]
    lines = max((name.count("\n") + 1 for name, *_ in rows), default=1)
    row_height = ROW_HEIGHT + (lines - 1) * NAME_HEIGHT
    sheet = Sheet(int(head.height + row_height * len(rows) + MARGIN))
    head.draw(sheet)
    for number, (name, share, said, is_finding) in enumerate(rows):
        top = head.height + number * row_height
        sheet.text((WIDTH - MARGIN, top), said, TEXT, INK, bold=True, anchor="ra")
        room = ROOM - width_of(said, TEXT, bold=True) - 24
        for line, words in enumerate(name.split("\n")):
            sheet.text((MARGIN, top + line * NAME_HEIGHT), cut(words, TEXT, room), TEXT, INK)
        bar_top = top + 46 + (lines - 1) * NAME_HEIGHT
        sheet.box(MARGIN, bar_top, WIDTH - MARGIN, bar_top + BAR_HEIGHT, "#eef1f4")
        length = max(LEAST_BAR, ROOM * min(1.0, share))
        sheet.box(MARGIN, bar_top, MARGIN + length, bar_top + BAR_HEIGHT, RED if is_finding else BLUE)
    return sheet.png()


class _Head:
    """Title and note, and how far down they reach."""

    def __init__(self, args: Mapping[str, Any]) -> None:
        self._title = wrapped(str(args["title"]), TITLE, ROOM, bold=True)
        self._note = wrapped(str(args["note"]), SMALL, ROOM)
        self._note_top = MARGIN + len(self._title) * TITLE * LEADING + 8
        self.height = self._note_top + len(self._note) * SMALL * LEADING + 26

    def draw(self, sheet: Sheet) -> None:
        for number, line in enumerate(self._title):
            sheet.text((MARGIN, MARGIN - 8 + number * TITLE * LEADING), line, TITLE, INK, bold=True)
        for number, line in enumerate(self._note):
            sheet.text((MARGIN, self._note_top + number * SMALL * LEADING), line, SMALL, SOFT)


def _legend(sheet: Sheet, top: float, names: Sequence[str]) -> None:
    x = float(MARGIN)
    for name, colour in zip(names, SERIES_COLOURS, strict=False):
        sheet.box(x, top + 6, x + 28, top + 34, colour)
        sheet.text((x + 40, top), name, TEXT, INK)
        x += 40 + width_of(name, TEXT) + 44


def _number_size(highest: int, bar: float) -> int:
    """The largest type in which the longest number stands over its column; 0 when none does."""
    for size in range(NUMBER, LEAST_NUMBER - 1, -1):
        if width_of(str(highest), size) <= bar + 4:
            return size
    return 0


def _scale(sheet: Sheet, base: float, highest: int) -> None:
    """Two or three lines across at round numbers, where the numbers themselves have no room."""
    rounded = next(n * 10**power for power in range(10) for n in (1, 2, 5) if highest <= 3.5 * n * 10**power)
    for number in range(rounded, highest + 1, rounded):
        y = base - (PLOT_HEIGHT - 50) * number / highest
        sheet.line([(MARGIN, y), (WIDTH - MARGIN, y)], LINE, 2)
        sheet.text((MARGIN, y - 4), str(number), LEAST_NUMBER, SOFT, anchor="ls")


def _step(labels: Sequence[str], group: float) -> int:
    """Every how many groups a label has room below its own."""
    widest = max((width_of(label, SMALL) for label in labels), default=0.0)
    step = 1
    while widest + 12 > group * step:
        step += 1
    return step
