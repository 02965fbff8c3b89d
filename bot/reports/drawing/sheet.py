"""A white sheet to draw on: type with Vietnamese marks, colours that everybody can tell apart, PNG out.

The fonts are Noto Sans, cut down so that they can be shipped; this made them, for Regular and for Bold:

    pyftsubset NotoSans-Regular.ttf --layout-features= --no-hinting --unicodes="U+0020-007E,U+00A0-017F,U+01A0-01A1,\
U+01AF-01B0,U+0300-0303,U+0309,U+0323,U+1EA0-1EF9,U+2010-2015,U+2018-201D,U+2022,U+2026,U+2030,U+20AB,U+2190-2193,\
U+2212,U+2264-2265"
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

WIDTH = 900
"""Pixels. A phone shows them on about 360 of its own, so type of 30 is read as 12."""
MARGIN = 36
INK = "#1b1f24"
SOFT = "#57606a"
LINE = "#d0d7de"
PAPER = "#ffffff"
PALE = "#9db4c8"
BLUE = "#0072b2"
RED = "#d55e00"
"""Blue and vermilion of Okabe and Ito (2008), told apart by everybody; pale, blue and red differ in lightness too."""
TITLE, TEXT, SMALL = 42, 31, 27
LEADING = 1.28
COLOURS = 64

Point = tuple[float, float]


class Sheet:
    """One picture in the making; x to the right and y down, in pixels."""

    def __init__(self, height: int, width: int = WIDTH) -> None:
        self._image = Image.new("RGB", (width, height), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def shrunk(self, times: int) -> Sheet:
        """The same picture so many times smaller, to go on drawing on: its edges are smooth."""
        small = Sheet(self._image.height // times, self._image.width // times)
        small._image.paste(self._image.reduce(times))
        return small

    def text(
        self, at: Point, words: str, size: int = TEXT, colour: str = INK, bold: bool = False, anchor: str = "la"
    ) -> None:
        """One line; `anchor` as in Pillow: l, m, r across; a (top), m, s (baseline) down."""
        self._draw.text(at, unicodedata.normalize("NFC", words), fill=colour, font=font(size, bold), anchor=anchor)

    def haloed(self, at: Point, words: str, size: int, colour: str = INK, bold: bool = False) -> None:
        """A line in the middle of a map, legible over borders."""
        words = unicodedata.normalize("NFC", words)
        shape = font(size, bold)
        self._draw.text(
            at, words, fill=colour, font=shape, anchor="mm", stroke_width=max(2, size // 8), stroke_fill=PAPER
        )

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """A filled rectangle; without any area nothing is drawn."""
        if right > left and bottom > top:
            self._draw.rectangle((left, top, right, bottom), fill=colour)

    def line(self, points: Sequence[Point], colour: str, width: int) -> None:
        self._draw.line(points, fill=colour, width=width, joint="curve")

    def area(self, points: Sequence[Point], colour: str) -> None:
        self._draw.polygon(points, fill=colour)

    def disc(self, centre: Point, radius: float, colour: str) -> None:
        x, y = centre
        self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    def png(self) -> bytes:
        """Flat colours need a palette only, which makes the file a third of its size."""
        out = io.BytesIO()
        flat = self._image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        flat.save(out, "PNG", optimize=True)
        return out.getvalue()


@cache
def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Noto Sans in pixels."""
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    shipped = files("bot.reports.drawing").joinpath("fonts", name).read_bytes()
    return ImageFont.truetype(io.BytesIO(shipped), size, layout_engine=ImageFont.Layout.BASIC)


def width_of(words: str, size: int, bold: bool = False) -> float:
    """How wide a line is."""
    return font(size, bold).getlength(unicodedata.normalize("NFC", words))


def wrapped(words: str, size: int, room: float, bold: bool = False, most: int = 3) -> tuple[str, ...]:
    """The words in lines that fit; what does not fit into `most` lines ends with an ellipsis."""
    lines: list[str] = []
    line = ""
    for word in words.split(" "):
        longer = f"{line} {word}".strip()
        if not line or width_of(longer, size, bold) <= room:
            line = longer
        else:
            lines.append(line)
            line = word
    lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], cut(" ".join(lines[most - 1 :]), size, room, bold)]
    return tuple(cut(each, size, room, bold) for each in lines)


def cut(words: str, size: int, room: float, bold: bool = False) -> str:
    """The words, or as many of their characters as fit, with an ellipsis."""
    if width_of(words, size, bold) <= room:
        return words
    while words and width_of(f"{words}…", size, bold) > room:
        words = words[:-1].rstrip()
    return f"{words}…"
