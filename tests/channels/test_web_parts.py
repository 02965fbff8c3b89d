"""Maps, uploads, the sample city and the port: the parts that need no browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.app import open_service
from bot.channels.web.maps import NORTH, WEST, Maps
from bot.channels.web.signing import Signer
from bot.channels.web.uploads import NoRoom, UnknownKind, Uploads, kind_of
from bot.late_reader import LateReader
from bot.media import FetchFailed
from bot.run import PortTaken, listen_on
from bot.sample import STORIES, fill_sample
from bot.settings import Settings
from nlp.reader import Reader
from routing.geography import METRES_PER_DEGREE_LAT, METRES_PER_DEGREE_LON, Geography
from storage.records import CaseStatus, FileKind, Point
from tests.channels.site import PICTURES, ROOT

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def geography() -> Geography:
    return Geography.load()


def test_the_citys_map_names_every_ward_once(geography: Geography) -> None:
    drawn = ElementTree.fromstring(Maps(geography).city)
    codes = [path.get("id", "")[1:] for path in drawn.iter(f"{SVG}path")]
    assert sorted(codes) == sorted(geography.wards)


def test_a_point_drawn_inside_a_ward_is_found_in_that_ward(geography: Geography) -> None:
    maps = Maps(geography)
    for code in list(geography.wards)[::9]:
        drawn = ElementTree.fromstring(maps.ward(code))
        (path,) = (p for p in drawn.iter(f"{SVG}path") if p.get("class") == "ward")
        lon = WEST + float(path.get("data-x", "")) / METRES_PER_DEGREE_LON
        lat = NORTH - float(path.get("data-y", "")) / METRES_PER_DEGREE_LAT
        assert geography.locate(lat, lon).ward_code == code


def test_a_simplified_border_stays_near_the_true_one(geography: Geography) -> None:
    maps = Maps(geography)
    drawn = ElementTree.fromstring(maps.ward("00070"))
    (path,) = (p for p in drawn.iter(f"{SVG}path") if p.get("class") == "ward")
    for x, y in _corners(path.get("d", "")):
        found = geography.locate(NORTH - y / METRES_PER_DEGREE_LAT, WEST + x / METRES_PER_DEGREE_LON)
        assert found.ward_code == "00070" or "00070" in found.near


def _corners(path: str) -> list[tuple[int, int]]:
    """Absolute corners of relative lines."""
    corners = []
    for start, steps in re.findall(r"M([-\d ]+)l([-\d ]*)z", path):
        x, y = (int(n) for n in re.findall(r"-?\d+", start))
        corners.append((x, y))
        numbers = [int(n) for n in re.findall(r"-?\d+", steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            corners.append((x, y))
    return corners


def test_a_thumbnail_shows_as_much_as_is_known(geography: Geography) -> None:
    maps = Maps(geography)
    point = Point(21.0316, 105.8502)
    assert "<circle" in maps.thumbnail("00070", point)
    assert "<circle" not in maps.thumbnail("00070", None)
    assert "<path" not in maps.thumbnail(None, point)


def test_no_map_of_no_ward(geography: Geography) -> None:
    with pytest.raises(KeyError):
        Maps(geography).ward("99999")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", FileKind.PHOTO),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", FileKind.PHOTO),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", FileKind.VOICE),
        (b"%PDF-1.7", FileKind.DOCUMENT),
        (b"\x00\x00\x00\x18ftypmp42", FileKind.VIDEO),
        (b"\x00\x00\x00\x18ftypM4A ", FileKind.VOICE),
    ],
)
def test_a_file_is_what_it_begins_with(head: bytes, kind: FileKind) -> None:
    assert kind_of(head)[0] is kind


@pytest.mark.parametrize("head", [b"", b"MZ\x90", b"<svg ", b"GIF89a", b"\x00\x00\x00\x18ftypheic", b"PK\x03\x04"])
def test_anything_else_is_nothing_for_us(head: bytes) -> None:
    with pytest.raises(UnknownKind):
        kind_of(head)


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def test_an_upload_stays_until_nobody_waits_for_it(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "up", Signer(b"k" * 32))
    content = (PICTURES / "o-ga.jpg").read_bytes()
    upload = await uploads.take("a" * 32, chunks(content))
    assert await uploads.fetch(upload.ref) == content
    assert uploads.sweep(frozenset({upload.ref}), older_than_seconds=-1) == 0
    assert uploads.sweep(frozenset()) == 0
    assert uploads.sweep(frozenset(), older_than_seconds=-1) == 1
    with pytest.raises(FetchFailed) as lost:
        await uploads.fetch(upload.ref)
    assert lost.value.is_final


async def test_a_reference_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    uploads = Uploads(tmp_path / "up", Signer(b"k" * 32))
    for ref in ("../secret", "/etc/passwd", "", "a" * 49):
        assert uploads.find("a" * 32, ref) is None
        with pytest.raises(FetchFailed):
            await uploads.fetch(ref)


async def test_a_file_that_goes_while_the_folder_is_read_stands_in_nobodys_way(tmp_path: Path) -> None:
    """As when twenty arrive at once: a name is listed, and renamed before its size is asked."""
    uploads = Uploads(tmp_path / "up", Signer(b"k" * 32))
    await uploads.take("a" * 32, chunks(b"\xff\xd8\xff"))
    (tmp_path / "up" / "gone.part").symlink_to(tmp_path / "nowhere")
    assert (await uploads.take("a" * 32, chunks(b"\xff\xd8\xff"))).kind is FileKind.PHOTO


async def test_a_full_folder_takes_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.web.uploads.FOLDER_BYTES", 10)
    uploads = Uploads(tmp_path / "up", Signer(b"k" * 32))
    await uploads.take("a" * 32, chunks(b"\xff\xd8\xff" + bytes(20)))
    with pytest.raises(NoRoom):
        await uploads.take("a" * 32, chunks(b"\xff\xd8\xff"))


def test_a_sample_city_fills_an_unused_database_once(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path}/sample.db",
        var_dir=tmp_path / "var",
        key_file=tmp_path / "key",
        config_file=ROOT / "config.yaml",
    )
    service = open_service(settings, doubled=True)
    parts = (service.store, service.files, service.current_config, service.reader, service.geography)
    try:
        assert fill_sample(*parts, service.clock()) == len(STORIES)
        assert fill_sample(*parts, service.clock()) == 0
        cases = service.store.read_now(lambda tx: tx.cases.all())
        pictures = service.store.read_now(lambda tx: tx.files.digests())
        assert service.store.read_now(lambda tx: tx.meta.get("demo")) is not None
    finally:
        service.close()
    assert len(cases) == len(STORIES)
    assert {CaseStatus.RECEIVED, CaseStatus.ACCEPTED, CaseStatus.RESOLVED, CaseStatus.CLOSED} <= {
        case.status for case in cases
    }
    assert all(service.files.has(digest) for digest in pictures)


def test_there_is_room_for_as_many_open_pages_as_the_system_allows() -> None:
    program = (
        "import resource as r; from bot.run import allow_open_pages; most = r.getrlimit(r.RLIMIT_NOFILE)[1]; "
        "r.setrlimit(r.RLIMIT_NOFILE, (256, most)); allow_open_pages(); print(r.getrlimit(r.RLIMIT_NOFILE)[0] == most)"
    )
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert told.stdout.strip() == "True", told.stderr


def test_a_port_in_use_is_told_before_anything_starts(tmp_path: Path) -> None:
    held = listen_on("127.0.0.1", 0)
    port = held.getsockname()[1]
    try:
        with pytest.raises(PortTaken):
            listen_on("127.0.0.1", port)
        command = [sys.executable, "-m", "bot", "run", "--port", str(port)]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert told.returncode == 1
        assert f"127.0.0.1:{port}" in told.stderr
        assert f"--port {port + 1}" in told.stderr
    finally:
        held.close()


SERVICE_WITHOUT_TOKENS = """
import asyncio, sys, pathlib
from bot.app import open_service
from bot.run import listen_on, running
from bot.settings import Settings

folder = pathlib.Path(sys.argv[1])
settings = Settings(_env_file=None, database_url=f"sqlite:///{folder}/t.db", var_dir=folder, key_file=folder / "key")
service = open_service(settings)

async def serve():
    async with running(service, listen_on("127.0.0.1", 0)):
        await asyncio.sleep(0.2)

asyncio.run(serve())
print([name for name in ("aiogram", "telegram") if name in sys.modules])
"""


def test_platforms_without_a_token_are_not_even_imported(tmp_path: Path) -> None:
    """The whole service has run and stopped, and neither framework was touched."""
    environment = {name: value for name, value in os.environ.items() if "TOKEN" not in name}
    command = [sys.executable, "-c", SERVICE_WITHOUT_TOKENS, str(tmp_path)]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert told.stdout.splitlines()[-1:] == ["[]"], told.stderr


def test_a_late_reader_reads_like_the_one_it_loads() -> None:
    text = "Rác chất đống đầu ngõ 12 phố Huế bốc mùi cả tuần"
    late = LateReader.load()
    assert late.read(text) == Reader.load().read(text)
    assert late.degraded is None
    assert late.strange_words(text) == Reader.load().strange_words(text)
    assert isinstance(late, Reader)


def test_a_late_reader_without_its_model_says_so_in_the_end(tmp_path: Path) -> None:
    late = LateReader.load(tmp_path / "none")
    late.read("Rác")
    assert late.degraded
