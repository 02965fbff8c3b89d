"""The one gate for pictures: decoded in a child process with limits, stripped of everything, encoded anew."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.records import Point

MAX_BYTES = 20 * 1024 * 1024
SECONDS = 15
"""Wall time; the worker limits its own memory, processor time and writing."""

_WORKER = Path(__file__).with_name("photo_worker.py")
"""Run by its path, without the rest of this package: it starts in a tenth of a second and imports nothing of ours."""

MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that may be kept: no metadata, upright, at most 2048 pixels a side."""

    jpeg: bytes
    thumb: bytes
    width: int
    height: int
    phash: str
    """Difference hash, 16 hexadecimal digits."""
    point: Point | None
    """Position that the original carried; the kept copy carries none."""
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a file is no picture for us: a text key."""

    reason: str


def open_gate(raw: bytes, seconds: float = SECONDS) -> Picture | Refused:
    """Decodes JPEG, PNG or WebP; anything else, too big, broken or too slow is refused. Never raises for any bytes."""
    if len(raw) > MAX_BYTES:
        return Refused("photo.too_big")
    if not is_picture(raw):
        return Refused("photo.not_a_picture")
    try:
        child = subprocess.run(  # noqa: S603 - our own worker, no shell
            [sys.executable, "-I", str(_WORKER)],
            input=raw,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={"LC_ALL": "C.UTF-8"},  # none of our secrets
        )
    except (subprocess.TimeoutExpired, OSError):
        return Refused("photo.broken")
    return _parse(child.stdout) if child.returncode == 0 else Refused("photo.broken")


def is_picture(raw: bytes) -> bool:
    """Whether bytes begin like a picture that the gate takes, whatever the file is called."""
    return raw.startswith(MAGIC) or (raw[:4] == b"RIFF" and raw[8:12] == b"WEBP")


def _parse(out: bytes) -> Picture | Refused:
    """The child's answer: a line of JSON, then the two encoded pictures. Nothing of it is taken on trust."""
    head, _, rest = out.partition(b"\n")
    try:
        told = json.loads(head)
        if "refused" in told:
            return Refused(str(told["refused"]))
        picture = Picture(
            jpeg=rest[: told["jpeg"]],
            thumb=rest[told["jpeg"] :],
            width=int(told["width"]),
            height=int(told["height"]),
            phash=f"{int(told['phash'], 16):016x}",
            point=Point(*map(float, told["point"])) if told["point"] else None,
            taken_at=datetime.fromisoformat(told["taken_at"]) if told["taken_at"] else None,
        )
    except (ValueError, KeyError, TypeError):
        return Refused("photo.broken")
    are_jpegs = picture.jpeg.startswith(MAGIC[0]) and picture.thumb.startswith(MAGIC[0])
    return picture if are_jpegs else Refused("photo.broken")
