"""The bytes of stored pictures, for platforms that are handed the bytes themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from storage.files import FileStore, thumb_name
from storage.records import FileId, FileStatus
from storage.shelf import NotFound
from storage.store import Store, Transaction


class StoredPictures:
    """Reads what stands behind file ids."""

    def __init__(self, store: Store, files: FileStore) -> None:
        self._store = store
        self._files = files

    async def read(self, wanted: tuple[str, ...], most_bytes: int | None = None) -> tuple[bytes, ...]:
        """In order; one that is gone is left out, one above `most_bytes` comes as its small copy."""
        if not wanted:
            return ()
        digests = await self._store.read(lambda tx: tuple(_digests(tx, wanted)))
        return await asyncio.to_thread(lambda: tuple(self._contents(digests, most_bytes)))

    def _contents(self, digests: tuple[str, ...], most_bytes: int | None) -> Iterator[bytes]:
        for digest in digests:
            for name in (digest, thumb_name(digest)):
                content = self._files.get(name) if self._files.has(name) else None
                if content is not None and (most_bytes is None or len(content) <= most_bytes):
                    yield content
                    break


def _digests(tx: Transaction, wanted: tuple[str, ...]) -> Iterator[str]:
    for file in wanted:
        try:
            stored = tx.files.get(FileId(file))
        except NotFound:
            continue
        if stored.status is FileStatus.READY and stored.sha256 is not None:
            yield stored.sha256
