"""The one gate for pictures: what passes is clean, what does not is refused in words, nothing breaks the service."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from storage import photos
from storage.photos import MAX_BYTES, Picture, Refused, open_gate

WORKER = Path(photos.__file__).with_name("photo_worker.py")


def painted(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """Left dark, right bright, with a slope: a picture that can be told from its mirror image."""
    image = Image.linear_gradient("L").rotate(90).resize((width, height))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def with_exif(image: Image.Image, orientation: int = 1, **options: object) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Artist] = "Nguyễn Thị Chim Vàng"
    exif.get_ifd(ExifTags.IFD.Exif)[0x9003] = "2026:11:30 17:45:12"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[1], gps[2], gps[3], gps[4] = "N", (21.0, 1.0, 42.6), "E", (105.0, 51.0, 8.4)
    return encoded(image, exif=exif, **options)


def png_header(width: int, height: int, body: bytes = b"") -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", body or zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


def passed(raw: bytes) -> Picture:
    picture = open_gate(raw)
    assert isinstance(picture, Picture), picture
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_usual_kinds_pass_and_become_jpeg(kind: str) -> None:
    picture = passed(encoded(painted(), kind))
    assert (picture.width, picture.height) == (400, 300)
    kept = Image.open(io.BytesIO(picture.jpeg))
    thumb = Image.open(io.BytesIO(picture.thumb))
    assert (kept.format, kept.size, thumb.size) == ("JPEG", (400, 300), (320, 240))


def test_position_and_time_are_read_and_then_gone_from_every_copy() -> None:
    picture = passed(with_exif(painted()))
    assert picture.point is not None
    assert (picture.point.lat, picture.point.lon) == pytest.approx((21.0285, 105.852333), abs=1e-6)
    assert picture.taken_at == datetime.fromisoformat("2026-11-30T17:45:12+07:00")
    for copy in (picture.jpeg, picture.thumb):
        again = Image.open(io.BytesIO(copy))
        assert len(again.getexif()) == 0
        assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        for canary in ("Chim Vàng".encode(), b"Exif", b"2026:11:30", b"GPS"):
            assert canary not in copy


def test_a_turned_picture_is_set_upright() -> None:
    picture = passed(with_exif(painted(400, 300), orientation=6))
    assert (picture.width, picture.height) == (300, 400)


def test_a_large_picture_is_made_smaller() -> None:
    picture = passed(encoded(painted(5000, 2500)))
    assert (picture.width, picture.height) == (2048, 1024)


COLOURS = [("RGBA", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("I;16", "PNG")]


@pytest.mark.parametrize(("mode", "kind"), COLOURS)
def test_every_kind_of_colour_passes(mode: str, kind: str) -> None:
    image = painted(mode="L").convert("I;16") if mode == "I;16" else painted(mode=mode)
    assert passed(encoded(image, kind)).width == 400


def test_transparency_becomes_white() -> None:
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    kept = Image.open(io.BytesIO(passed(encoded(clear, "PNG")).jpeg))
    assert kept.getpixel((32, 32)) == (255, 255, 255)


def test_alike_pictures_have_near_hashes_and_others_do_not() -> None:
    def distance(one: str, other: str) -> int:
        return (int(one, 16) ^ int(other, 16)).bit_count()

    source = Image.effect_mandelbrot((600, 400), (-2.0, -1.2, 0.8, 1.2), 80)
    first = passed(encoded(source, quality=95)).phash
    again = passed(encoded(source.resize((450, 300)), "WEBP", quality=50)).phash
    mirrored = passed(encoded(painted().transpose(Image.Transpose.FLIP_LEFT_RIGHT))).phash
    assert distance(first, again) <= 4
    assert distance(passed(encoded(painted())).phash, mirrored) > 30


REFUSED = {
    "nothing": (b"", "photo.not_a_picture"),
    "words": ("Đây không phải ảnh".encode() * 100, "photo.not_a_picture"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "photo.not_a_picture"),
    "gif": (encoded(painted(), "GIF"), "photo.not_a_picture"),
    "page that begins like a gif": (b"GIF89a/*" + b"<script>alert(1)</script>", "photo.not_a_picture"),
    "program": (b"MZ" + b"\0" * 2000, "photo.not_a_picture"),
    "jpeg in name only": (b"\xff\xd8\xff\xe0" + b"\0" * 500, "photo.not_a_picture"),
    "cut off": (encoded(painted(1200, 900))[:4000], "photo.broken"),
    "cut off png": (encoded(painted(1200, 900), "PNG")[:3000], "photo.broken"),
    "bomb of 2.5 thousand million pixels": (png_header(50_000, 50_000), "photo.too_many_pixels"),
    "just above the cap": (png_header(10_000, 5_001), "photo.too_many_pixels"),
    "bomb in its data": (png_header(64, 64, zlib.compress(b"\0" * 200_000_000, 9)), None),
    "too big": (b"\xff\xd8\xff" + b"\0" * MAX_BYTES, "photo.too_big"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_with_its_reason(name: str) -> None:
    raw, reason = REFUSED[name]
    outcome = open_gate(raw)
    if reason is None:
        assert isinstance(outcome, Refused | Picture)
    else:
        assert outcome == Refused(reason)


def test_what_hides_behind_a_picture_does_not_pass_on() -> None:
    hidden = b"PK\x03\x04 <script>alert('X5O!P%@AP')</script>"
    picture = passed(encoded(painted()) + hidden)
    assert b"<script>" not in picture.jpeg + picture.thumb
    assert b"PK\x03\x04" not in picture.jpeg + picture.thumb


def test_broken_metadata_is_no_reason_to_refuse() -> None:
    raw = bytearray(with_exif(painted()))
    at = raw.index(b"Exif\0\0") + 14
    raw[at : at + 40] = os.urandom(40)
    assert isinstance(open_gate(bytes(raw)), Picture)


def test_a_worker_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hangs = tmp_path / "worker.py"
    hangs.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(photos, "_WORKER", hangs)
    assert open_gate(encoded(painted()), seconds=0.3) == Refused("photo.broken")


def test_a_worker_that_dies_or_babbles_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for number, script in enumerate(("import os; os.abort()", "print('hello')", "print('[]')", "print(7)", "")):
        worker = tmp_path / f"{number}.py"
        worker.write_text(script)
        monkeypatch.setattr(photos, "_WORKER", worker)
        assert open_gate(encoded(painted())) == Refused("photo.broken")


def test_the_worker_has_limits_and_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the worker's own module sets when run as a program holds for everything that it loads afterwards."""
    probe = tmp_path / "probe.py"
    head = WORKER.read_text().split("from PIL import")[0]
    probe.write_text(
        head + "\nimport os, resource as r\n"
        "print(r.getrlimit(r.RLIMIT_AS)[0], r.getrlimit(r.RLIMIT_CPU)[0], r.getrlimit(r.RLIMIT_FSIZE)[0])\n"
    )
    told = subprocess.run([sys.executable, "-I", probe], capture_output=True, check=True, text=True)
    assert told.stdout.split() == [str(1024**3), "12", "0"]
    monkeypatch.setenv("PHANANH_SECRET", "canary")
    seen = tmp_path / "seen.py"
    seen.write_text("import os, sys; sys.stdout.write('{\"refused\": \"%s\"}\\n' % os.environ.get('PHANANH_SECRET'))")
    monkeypatch.setattr(photos, "_WORKER", seen)
    assert open_gate(encoded(painted())) == Refused("None")


def test_a_bomb_takes_little_memory() -> None:
    """At most 256 MiB for what is refused, measured over the children of a process of its own."""
    script = (
        "import resource, sys; from storage.photos import open_gate; "
        "print(open_gate(sys.stdin.buffer.read())); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    bomb = REFUSED["bomb in its data"][0]
    told = subprocess.run([sys.executable, "-c", script], input=bomb, capture_output=True, check=True)
    assert int(told.stdout.split()[-1]) < 256 * 1024


@settings(max_examples=12, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 3000))
def test_no_bytes_raise(noise: bytes, at: int) -> None:
    raw = encoded(painted(200, 150))
    assert isinstance(open_gate(raw[:at] + noise + raw[at + len(noise) :]), Picture | Refused)
