"""Where bytes lie: content-addressed files, durable before anybody is told that they arrived."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Container, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.failpoints import reach


class FileStore:
    """A folder of files, each under the SHA-256 that it was stored by: ab/cdef…"""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, digest: str, content: bytes) -> None:
        """Stores durably: written, fsynced, renamed, and its folder fsynced. Storing again changes nothing."""
        path = self._path(digest)
        if path.exists():
            os.utime(path)  # young again, so that `remove_unwanted` leaves it to whoever is about to speak of it
            sync(path.parent)
            return
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            sync(self._folder)
        fresh = path.parent / f".{secrets.token_hex(8)}.new"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                reach("file.before_fsync")
                os.fsync(out.fileno())
            reach("file.before_rename")
            fresh.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise
        reach("file.after_rename")
        sync(path.parent)

    def get(self, digest: str) -> bytes:
        """Raises FileNotFoundError."""
        return self._path(digest).read_bytes()

    def has(self, digest: str) -> bool:
        return self._path(digest).exists()

    def delete(self, digest: str) -> bool:
        """False when there was nothing."""
        try:
            self._path(digest).unlink()
        except FileNotFoundError:
            return False
        return True

    def remove_unwanted(self, wanted: Container[str], before: datetime) -> int:
        """Deletes files last stored before `before` that are neither wanted nor the thumbnail of a wanted one.

        Takes drafts that were thrown away, pictures of the erased, and what a crash left half-written. `before` must
        leave time between storing a picture and committing the row that speaks of it: `settled()`.
        """
        thumbs = {thumb_name(digest) for digest in self.digests() if digest in wanted}
        count = 0
        for path in list(self._folder.glob("??/*")):
            digest = path.parent.name + path.name
            is_kept = not path.name.startswith(".") and (digest in wanted or digest in thumbs)
            if not is_kept and path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)
                count += 1
        return count

    def digests(self, before: datetime | None = None) -> Iterator[str]:
        """Every stored file, or those last stored before a time."""
        if not self._folder.exists():
            return
        for path in self._folder.glob("??/*"):
            if path.name.startswith(".") or (before is not None and path.stat().st_mtime >= before.timestamp()):
                continue
            yield path.parent.name + path.name

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or any(c not in "0123456789abcdef" for c in digest):
            raise ValueError("a digest is 64 hexadecimal digits")
        return self._folder / digest[:2] / digest[2:]


def settled() -> datetime:
    """Since this moment a stored file may still wait for the row that speaks of it; by the clock that dates files."""
    return datetime.now(UTC) - timedelta(hours=1)


def sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def thumb_name(digest: str) -> str:
    """Under which name the thumbnail of a stored picture lies."""
    return hashlib.sha256(f"thumb:{digest}".encode()).hexdigest()
