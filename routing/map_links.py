"""Coordinates hidden in a text: a map link of Google, Apple or OpenStreetMap, or two bare numbers."""

from __future__ import annotations

import re
from urllib.parse import unquote

_NUMBER = r"(-?\d{1,3}\.\d+)"
_PAIR = _NUMBER + r"\s*,\s*\+?" + _NUMBER

_SOME_DECIMAL = re.compile(r"\d[.,]\d\d")

# The order is from the pin that was meant to the middle of the picture that happened to be on the screen.
_IN_LINKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"!3d" + _NUMBER + r"!4d" + _NUMBER,
        r"[?&](?:q|query|ll|sll|daddr|destination|center|coordinate|address|cp|point)=(?:loc:|geo:)?" + _PAIR,
        r"/(?:place|search|dir)/(?:[^?#\s]*/)?" + _PAIR,
        r"[?&]mlat=" + _NUMBER + r"&(?:amp;)?mlon=" + _NUMBER,
        r"@" + _PAIR,
        r"#map=[\d.]+/" + _NUMBER + r"/" + _NUMBER,
        r"\bgeo:" + _PAIR,
    )
)
_BARE = re.compile(
    r"(?<![\d.,])\(?" + r"(-?\d{1,3}[.,]\d{2,})\s*°?\s*[NBnb]?\s*[;,\s/]\s*\+?(-?\d{1,3}[.,]\d{2,})(?![\d])"
)
_NAMED = re.compile(
    r"(?:lat|latitude|vĩ độ|vi do)\W{0,3}"
    + _NUMBER
    + r"\W{1,5}(?:lon|lng|long|longitude|kinh độ|kinh do)\W{0,3}"
    + _NUMBER,
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
    if _SOME_DECIMAL.search(text) is None and "°" not in text and "º" not in text:
        return None
    if "://" in text or "geo:" in text or "/maps" in text:
        opened = unquote(text).replace("+", " ") if "%" in text else text
        for pattern in _IN_LINKS:
            if found := pattern.search(opened):
                return float(found[1]), float(found[2])
        text = re.sub(r"https?://\S+", " ", text)
    return _written_out(text)


def _written_out(text: str) -> tuple[float, float] | None:
    if found := _NAMED.search(text):
        return float(found[1]), float(found[2])
    if found := _DEGREES.search(text):
        return _from_degrees(found[1], found[2], found[3]), _from_degrees(found[5], found[6], found[7])
    if found := _BARE.search(text):
        first, second = float(found[1].replace(",", ".")), float(found[2].replace(",", "."))
        if _could_be_here(first, second) or _could_be_here(second, first):
            return first, second
    return None


def _from_degrees(degrees: str, minutes: str, seconds: str) -> float:
    return int(degrees) + int(minutes) / 60 + float(seconds) / 3600


def _could_be_here(lat: float, lon: float) -> bool:
    """Bare numbers are prices and sizes far more often than points: only those inside Việt Nam count."""
    return 8.0 <= lat <= 24.0 and 102.0 <= lon <= 110.5
