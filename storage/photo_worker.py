"""The child process behind the gate: a picture on standard input, its clean copy on standard output.

Imports nothing of ours. It is run with limits on memory and time, and may die: that is what it is for.
"""

import io
import json
import resource
import sys
from datetime import datetime

MEMORY_BYTES = 1024 * 1024 * 1024
"""Address space: a picture of the pixel cap takes 150 MB decoded, and twice that while it is turned."""
CPU_SECONDS = 12

if __name__ == "__main__":  # before anything is loaded that reads what strangers wrote
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

from PIL import ExifTags, Image, ImageOps  # noqa: E402 - under the limits set above

MAX_PIXELS = 50_000_000
MAX_SIDE = 2048
THUMB_SIDE = 320
FORMATS = ("JPEG", "PNG", "WEBP")


def main() -> None:
    Image.MAX_IMAGE_PIXELS = None  # counted below, so that the reason can be told
    out = sys.stdout.buffer
    try:
        image = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=FORMATS)
    except Exception:
        out.write(b'{"refused": "photo.not_a_picture"}\n')
        return
    if image.width * image.height > MAX_PIXELS:
        out.write(b'{"refused": "photo.too_many_pixels"}\n')
        return
    point, taken = _position(image), _taken(image)
    try:
        if image.format == "JPEG":
            image.draft("RGB", (MAX_SIDE * 2, MAX_SIDE * 2))
        image.load()
        upright = _flat(_turned(image))
    except Exception:
        out.write(b'{"refused": "photo.broken"}\n')
        return
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    small = upright.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    jpeg, thumb = _encode(upright, 85), _encode(small, 80)
    told = {
        "jpeg": len(jpeg),
        "width": upright.width,
        "height": upright.height,
        "phash": difference_hash(upright),
        "point": point,
        "taken_at": taken,
    }
    out.write(json.dumps(told).encode() + b"\n" + jpeg + thumb)


def difference_hash(image: Image.Image) -> str:
    """64 bits: in an 8 x 8 grid, is each cell brighter than its right neighbour?"""
    grid = image.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    cells = list(grid.tobytes())
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (cells[row * 9 + column] > cells[row * 9 + column + 1])
    return f"{bits:016x}"


def _turned(image: Image.Image) -> Image.Image:
    """Upright, as the camera was held; as it is when that cannot be read."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image


def _flat(image: Image.Image) -> Image.Image:
    """RGB on white, without palette or transparency."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        under = Image.new("RGB", image.size, (255, 255, 255))
        under.paste(image, mask=image.convert("RGBA").getchannel("A"))
        return under
    return image.convert("RGB")


def _encode(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    fresh = Image.new("RGB", image.size)
    fresh.paste(image)
    fresh.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _position(image: Image.Image) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, or None when absent or nonsense."""
    try:
        gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        lat = _degrees(gps[2], gps.get(1, "N") == "S")
        lon = _degrees(gps[4], gps.get(3, "E") == "W")
    except Exception:
        return None
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0.0, 0.0) else None


def _degrees(parts: tuple[float, float, float], is_negative: bool) -> float:
    degrees = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return round(-degrees if is_negative else degrees, 6)


def _taken(image: Image.Image) -> str | None:
    """When it was taken, as the camera's clock had it; taken for Hà Nội's time."""
    try:
        exif = image.getexif()
        written = exif.get_ifd(ExifTags.IFD.Exif).get(0x9003) or exif.get(0x0132)
        taken = datetime.strptime(f"{written} +0700", "%Y:%m:%d %H:%M:%S %z")
    except Exception:
        return None
    return taken.isoformat()


if __name__ == "__main__":
    main()
