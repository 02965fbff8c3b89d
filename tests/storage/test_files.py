"""Bytes on disk: there wholly or not at all, and gone when nobody wants them."""

from __future__ import annotations

import hashlib
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.files import FileStore, thumb_name

CONTENT = b"mot tam anh"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def test_what_is_put_is_got(files: FileStore, tmp_path: Path) -> None:
    files.put(DIGEST, CONTENT)
    files.put(DIGEST, CONTENT)
    assert files.get(DIGEST) == CONTENT
    assert files.has(DIGEST)
    assert list(files.digests()) == [DIGEST]
    path = tmp_path / "files" / DIGEST[:2] / DIGEST[2:]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_deleted_is_gone(files: FileStore) -> None:
    files.put(DIGEST, CONTENT)
    assert files.delete(DIGEST)
    assert not files.delete(DIGEST)
    assert not files.has(DIGEST)
    with pytest.raises(FileNotFoundError):
        files.get(DIGEST)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "abc", DIGEST.upper(), DIGEST[:-1] + "/"])
def test_only_digests_are_names(files: FileStore, name: str) -> None:
    for act in (files.get, files.has, files.delete):
        with pytest.raises(ValueError, match="digest"):
            act(name)


def test_a_failed_write_leaves_nothing(files: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        (tmp_path / "files" / DIGEST[:2]).mkdir(parents=True)
        with pytest.raises(OSError, match="space"):
            files.put(DIGEST, CONTENT)
    assert not files.has(DIGEST)
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []


def test_the_unwanted_go_after_an_hour_and_the_wanted_stay(files: FileStore, tmp_path: Path) -> None:
    other = hashlib.sha256(b"other").hexdigest()
    fresh = hashlib.sha256(b"fresh").hexdigest()
    for digest in (DIGEST, thumb_name(DIGEST), other, thumb_name(other), fresh):
        files.put(digest, CONTENT)
    half = tmp_path / "files" / DIGEST[:2] / ".0123.new"
    half.write_bytes(b"half")
    now = datetime.now(UTC)
    old = (now - timedelta(hours=2)).timestamp()
    for path in (tmp_path / "files").rglob("*"):
        if path.is_file() and fresh[2:] != path.name:
            os.utime(path, (old, old))
    assert files.remove_unwanted(frozenset({DIGEST}), now - timedelta(hours=1)) == 3
    assert set(files.digests()) == {DIGEST, thumb_name(DIGEST), fresh}
    assert not half.exists()


def test_storing_again_makes_young(files: FileStore, tmp_path: Path) -> None:
    """A picture that is sent again just before the sweep is not swept away from under its new row."""
    files.put(DIGEST, CONTENT)
    path = tmp_path / "files" / DIGEST[:2] / DIGEST[2:]
    os.utime(path, (0, 0))
    files.put(DIGEST, CONTENT)
    assert files.remove_unwanted(frozenset(), datetime.now(UTC) - timedelta(hours=1)) == 0


def test_nothing_is_stored_yet(files: FileStore) -> None:
    assert list(files.digests()) == []
    assert files.remove_unwanted(frozenset(), datetime.now(UTC)) == 0
