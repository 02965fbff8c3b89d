"""Draws what a message wants drawn; the libraries for it are loaded with the first picture."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.dialogue.message import Drawing

if TYPE_CHECKING:
    from routing.geography import Geography

log = structlog.get_logger(__name__)

COLUMNS = "chart.columns"
BARS = "chart.bars"
CASE_MAP = "map.case"


class Painter:
    """Turns drawings into PNG."""

    def __init__(self, geography: Geography | None = None) -> None:
        """`geography`: whose wards are on the maps; without it there are none."""
        self._geography = geography

    def paint(self, drawing: Drawing) -> bytes:
        """The picture as PNG, the same for the same drawing. Raises LookupError for a key that nobody knows."""
        from bot.reports.drawing import case_map, charts

        if drawing.key == CASE_MAP and self._geography is not None:
            return case_map.case_map(drawing.args, self._geography)
        return {COLUMNS: charts.columns, BARS: charts.bars}[drawing.key](drawing.args)

    async def try_paint(self, drawing: Drawing | None) -> bytes | None:
        """The same beside the event loop; None when there is nothing to draw, or it cannot be: the words go alone."""
        if drawing is None or (drawing.key == CASE_MAP and self._geography is None):
            return None
        try:
            return await asyncio.to_thread(self.paint, drawing)
        except Exception as fault:
            log.error("painter.failed", key=drawing.key, fault=type(fault).__name__)
            return None
