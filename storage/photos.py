"""The one gate for pictures: decoded in a child process with limits, stripped of everything, encoded anew."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime

from storage.records import Point

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
SECONDS = 15
MEMORY_BYTES = 1024 * 1024 * 1024
"""Address space of the child; a picture of the pixel cap needs 150 MB decoded, and libraries map more than they use."""

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
    if not (raw.startswith(MAGIC) or (raw[:4] == b"RIFF" and raw[8:12] == b"WEBP")):
        return Refused("photo.not_a_picture")
    try:
        child = subprocess.run(  # noqa: S603 - our own worker, no shell
            [sys.executable, "-I", "-c", _WORKER],
            input=raw,
            capture_output=True,
            timeout=seconds,
            check=False,
            preexec_fn=_limit,
        )
    except (subprocess.TimeoutExpired, OSError):
        return Refused("photo.broken")
    return _parse(child.stdout) if child.returncode == 0 else Refused("photo.broken")


def _parse(out: bytes) -> Picture | Refused:
    """The child's answer: a line of JSON, then the two encoded pictures."""
    head, _, rest = out.partition(b"\n")
    try:
        told = json.loads(head)
    except ValueError:
        return Refused("photo.broken")
    if "refused" in told:
        return Refused(told["refused"])
    cut = told["jpeg"]
    point = Point(*told["point"]) if told["point"] else None
    taken = datetime.fromisoformat(told["taken_at"]) if told["taken_at"] else None
    return Picture(rest[:cut], rest[cut:], told["width"], told["height"], told["phash"], point, taken)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


_WORKER = (
    "import sys, importlib.util as u; "
    f"s = u.spec_from_file_location('photo_worker', {str(__file__).replace('photos.py', 'photo_worker.py')!r}); "
    "m = u.module_from_spec(s); s.loader.exec_module(m); m.main()"
)
"""Loads the worker by its path, without the rest of this package: a start of some 100 ms instead of a second."""
