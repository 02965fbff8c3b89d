"""The bytes of pictures and other files, for platforms that are handed the bytes themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from bot.dialogue.message import Outgoing
from bot.reports.painter import Painter
from storage.files import FileStore, thumb_name
from storage.records import File, FileId, FileKind, FileStatus
from storage.shelf import NotFound
from storage.store import Store, Transaction

ENDINGS = {
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/wav": ".wav",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "application/pdf": ".pdf",
}
ENDING_OF = {FileKind.VOICE: ".ogg", FileKind.VIDEO: ".mp4", FileKind.DOCUMENT: ".pdf"}


class StoredPictures:
    """Reads what stands behind file ids, and draws what is to be drawn."""

    def __init__(self, store: Store, files: FileStore, painter: Painter | None = None) -> None:
        self._store = store
        self._files = files
        self._painter = painter or Painter()

    async def of(self, message: Outgoing, most: int, most_bytes: int | None = None) -> tuple[bytes, ...]:
        """At most so many pictures of a message: the stored ones as in `read`, and behind them the drawn one."""
        drawn = await self._painter.try_paint(message.drawing)
        if drawn is None:
            return await self.read(message.pictures[:most], most_bytes)
        return (*await self.read(message.pictures[: most - 1], most_bytes), drawn)

    async def read(self, wanted: tuple[str, ...], most_bytes: int | None = None) -> tuple[bytes, ...]:
        """In order; one that is gone is left out, one above `most_bytes` comes as its small copy."""
        if not wanted:
            return ()
        digests = await self._store.read(lambda tx: tuple(_digests(tx, wanted)))
        return await asyncio.to_thread(lambda: tuple(self._contents(digests, most_bytes)))

    async def others(self, wanted: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
        """Recordings and documents among the files, with names to save them by: somebody must listen, or read."""
        if not wanted:
            return ()
        found = await self._store.read(lambda tx: tuple(f for f in _stored(tx, wanted) if f.kind is not FileKind.PHOTO))
        return await asyncio.to_thread(lambda: tuple(self._named(found)))

    def _named(self, found: tuple[File, ...]) -> Iterator[tuple[str, bytes]]:
        for number, file in enumerate(found, 1):
            if file.sha256 is not None and self._files.has(file.sha256):
                ending = ENDINGS.get(file.mime or "", ENDING_OF.get(file.kind, ""))
                yield file.name or f"{file.kind.value}-{number}{ending}", self._files.get(file.sha256)

    def _contents(self, digests: tuple[str, ...], most_bytes: int | None) -> Iterator[bytes]:
        for digest in digests:
            for name in (digest, thumb_name(digest)):
                content = self._files.get(name) if self._files.has(name) else None
                if content is not None and (most_bytes is None or len(content) <= most_bytes):
                    yield content
                    break


def _digests(tx: Transaction, wanted: tuple[str, ...]) -> Iterator[str]:
    for file in _stored(tx, wanted):
        if file.kind is FileKind.PHOTO and file.sha256 is not None:
            yield file.sha256


def _stored(tx: Transaction, wanted: tuple[str, ...]) -> Iterator[File]:
    for file in wanted:
        try:
            stored = tx.files.get(FileId(file))
        except NotFound:
            continue
        if stored.status is FileStatus.READY:
            yield stored
