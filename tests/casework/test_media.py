"""What becomes of the files that messages refer to: pictures pass the one gate, whatever they are called."""

from __future__ import annotations

import asyncio
import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from bot.dialogue.session import Result
from bot.media import Media
from storage.files import FileStore, thumb_name
from storage.photos import open_gate
from storage.records import FileId, FileKind, FileStatus, Purpose
from storage.store import Store
from tests.storage.builders import a_citizen, a_file

PICTURE = (Path(__file__).parents[1] / "pictures" / "co-vi-tri.jpg").read_bytes()
"""A photograph with its position in it."""


class Platform:
    """Holds one file, under whatever reference."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def fetch(self, ref: str) -> bytes:
        return self._content


def fetched(store: Store, files: FileStore, content: bytes, kind: FileKind, channel: str) -> list[Result]:
    """Lets one file arrive; returns what its conversation was told."""
    told: list[Result] = []

    def tell(_file, result, _now):
        told.append(result)
        return lambda tx: None

    store.write_now(lambda tx: (tx.citizens.add(a_citizen()), tx.files.add(a_file(kind=kind, channel=channel))))
    media = Media(store, files, tell, {channel: Platform(content)}, lambda: a_file().created_at, lambda: None)
    assert asyncio.run(media.fetch_due()) == 1
    return told


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.mark.parametrize("kind", FileKind)
@pytest.mark.parametrize("channel", ["telegram", "zalo_bot", "zalo_oa", "web", "console", "desk"])
def test_a_position_is_gone_from_every_copy_by_whatever_way_it_came(
    store: Store, files: FileStore, kind: FileKind, channel: str
) -> None:
    """As a photo, as a document, even called a recording: the copy and the thumbnail hold no trace of it."""
    fetched(store, files, PICTURE, kind, channel)
    file = store.read_now(lambda tx: tx.files.get(FileId("file-1")))
    assert (file.status, file.kind, file.mime) == (FileStatus.READY, FileKind.PHOTO, "image/jpeg")
    assert file.point is not None, "kept sealed, for the citizen to confirm"
    assert file.sha256 is not None
    stored = list(files.digests())
    assert sorted(stored) == sorted([file.sha256, thumb_name(file.sha256)])
    for digest in stored:
        content = files.get(digest)
        with Image.open(io.BytesIO(content)) as image:
            assert not image.getexif()
            assert not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert b"Exif" not in content
        assert b"GPS" not in content


@pytest.mark.parametrize("kind", FileKind)
def test_a_broken_picture_is_refused_by_whatever_name_and_nothing_of_it_is_kept(
    store: Store, files: FileStore, kind: FileKind
) -> None:
    (told,) = fetched(store, files, PICTURE[:4000], kind, "zalo_oa")
    assert (told.ok, told.facts["key"]) == (False, "photo.broken")
    assert list(files.digests()) == []


def test_a_program_that_is_called_a_photo_is_refused(store: Store, files: FileStore) -> None:
    (told,) = fetched(store, files, b"MZ" + bytes(2000), FileKind.PHOTO, "telegram")
    assert (told.ok, told.facts["key"]) == (False, "photo.not_a_picture")
    assert list(files.digests()) == []


def test_the_trouble_of_one_file_keeps_no_other_from_arriving(store: Store, files: FileStore) -> None:
    """Whatever the fault is, the file is kept and asked for again later."""
    clock, told = [a_file().created_at], list[FileId]()

    def tell(file, _result, _now):
        if file.id == "bad" and clock[0] == a_file().created_at:
            raise RuntimeError("a fault of ours")
        told.append(file.id)
        return lambda tx: None

    rows = [a_file(id=FileId(name), channel="web") for name in ("bad", "good")]
    store.write_now(lambda tx: (tx.citizens.add(a_citizen()), [tx.files.add(row) for row in rows]))
    media = Media(store, files, tell, {"web": Platform(PICTURE)}, lambda: clock[0], lambda: None)
    asyncio.run(media.fetch_due())
    assert told == ["good"]
    assert asyncio.run(media.fetch_due()) == 0, "others go first for half a minute"
    clock[0] += timedelta(minutes=1)
    asyncio.run(media.fetch_due())
    assert told == ["good", "bad"]


def test_a_picture_that_is_called_a_configuration_is_not_kept(store: Store, files: FileStore) -> None:
    told: list[Result] = []

    def tell(_file, result, _now):
        told.append(result)
        return lambda tx: None

    row = a_file(kind=FileKind.DOCUMENT, channel="desk", purpose=Purpose.CONFIG)
    store.write_now(lambda tx: (tx.citizens.add(a_citizen()), tx.files.add(row)))
    asyncio.run(
        Media(store, files, tell, {"desk": Platform(PICTURE)}, lambda: row.created_at, lambda: None).fetch_due()
    )
    assert [(each.ok, each.facts["key"]) for each in told] == [(False, "config.not_a_text")]
    assert list(files.digests()) == []


def test_bytes_of_which_no_row_speaks_go_after_an_hour(store: Store, files: FileStore, tmp_path: Path) -> None:
    """As a crash between storing and committing leaves them; what arrived just now may still get its row."""
    fetched(store, files, PICTURE, FileKind.PHOTO, "web")
    wanted = set(files.digests())
    files.put("ab" * 32, b"left over")
    for path in tmp_path.glob("files/??/*"):
        os.utime(path, (1, 1))
    files.put("cd" * 32, b"on its way")
    media = Media(store, files, lambda *_: lambda _tx: None, {}, lambda: a_file().created_at, lambda: None)
    assert asyncio.run(media.tidy()) == 1
    assert set(files.digests()) == wanted | {"cd" * 32}


def test_the_picture_of_these_tests_has_a_position() -> None:
    assert b"Exif" in PICTURE
    assert open_gate(PICTURE).point is not None
