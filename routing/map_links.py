"""Coordinates hidden in a text: a map link of Google, Apple or OpenStreetMap, or two bare numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

_NUMBER = r"(-?\d{1,3}\.\d+)"
_PAIR = _NUMBER + r"\s*,\s*\+?" + _NUMBER

_DECIMAL = re.compile(r"\d[.,]\d\d")

_PINS = tuple(
    re.compile(pattern)
    for pattern in (
        r"!3d" + _NUMBER + r"!4d" + _NUMBER,
        r"[?&](?:q|query|ll|sll|daddr|destination|center|coordinate|address|cp|point)=(?:loc:|geo:)?" + _PAIR,
        r"/(?:place|search|dir)/(?:[^?#\s]*/)?" + _PAIR,
        r"[?&]m?lat(?:itude)?=" + _NUMBER + r"&(?:amp;)?m?(?:lon|lng|long|longitude)=" + _NUMBER,
        r"\bgeo:" + _PAIR,
    )
)
# The middle of the picture that happened to be on the screen counts when no pin was set.
_VIEWS = (re.compile(r"@" + _PAIR), re.compile(r"#map=[\d.]+/" + _NUMBER + r"/" + _NUMBER))
_BARE = re.compile(
    r"(?<![\d.,])\(?" + r"(-?\d{1,3}[.,]\d{2,})\s*°?\s*[NBEĐnbeđ]?\s*[;,\s/]\s*[+EĐeđ]?(-?\d{1,3}[.,]\d{2,})(?![\d])"
)
_WRITTEN = r"(-?\d{1,3}[.,]\d+)"
_NAMED = re.compile(
    r"(?:lat|latitude|vĩ độ|vi do)\W{0,3}"
    + _WRITTEN
    + r"\W{1,5}(?:lon|lng|long|longitude|kinh độ|kinh do)\W{0,3}"
    + _WRITTEN,
    re.IGNORECASE,
)
_DEGREES = re.compile(
    r"(\d{1,3})\s*[°º]\s*(\d{1,2})\s*['′’]\s*(\d{1,2}(?:\.\d+)?)\s*(?:\"|″|”|'')\s*([NSEWBĐnsewbđ])\W{0,4}"
    r"(\d{1,3})\s*[°º]\s*(\d{1,2})\s*['′’]\s*(\d{1,2}(?:\.\d+)?)\s*(?:\"|″|”|'')\s*([NSEWBĐnsewbđ])"
)


def find_point(text: str) -> tuple[float, float] | None:
    """The first point that the text gives, as the two numbers in the order written (usually latitude, longitude).

    Short links (maps.app.goo.gl) hold no coordinates and give None: nothing is fetched from the network.
    """
    # Every longitude of Việt Nam has a 10 in it.
    if not ("10" in text or "://" in text or "geo:" in text) or not (
        "°" in text or "º" in text or "%C2%B0" in text or _DECIMAL.search(text)
    ):
        return None
    if "://" in text or "geo:" in text or "/maps" in text:
        opened = unquote(text).replace("+", " ") if "%" in text else text
        if point := _first(_PINS, opened) or _degrees(opened) or _first(_VIEWS, opened):
            return point
        text = re.sub(r"https?://\S+", " ", text)
    return _written_out(text)


def _written_out(text: str) -> tuple[float, float] | None:
    if found := _NAMED.search(text):
        return _decimal(found[1]), _decimal(found[2])
    if point := _degrees(text):
        return point
    if found := _BARE.search(text):
        first, second = _decimal(found[1]), _decimal(found[2])
        if _could_be_here(first, second) or _could_be_here(second, first):
            return first, second
    return None


def _first(patterns: Iterable[re.Pattern[str]], text: str) -> tuple[float, float] | None:
    found = next((found for pattern in patterns if (found := pattern.search(text))), None)
    return (float(found[1]), float(found[2])) if found else None


def _decimal(written: str) -> float:
    return float(written.replace(",", "."))


def _degrees(text: str) -> tuple[float, float] | None:
    found = _DEGREES.search(text)
    if found is None:
        return None
    return _from_degrees(found[1], found[2], found[3]), _from_degrees(found[5], found[6], found[7])


def _from_degrees(degrees: str, minutes: str, seconds: str) -> float:
    return int(degrees) + int(minutes) / 60 + float(seconds) / 3600


def _could_be_here(lat: float, lon: float) -> bool:
    """Bare numbers are prices and sizes far more often than points: only those inside Việt Nam count."""
    return 8.0 <= lat <= 24.0 and 102.0 <= lon <= 110.5
