"""Fetches what messages refer to, passes pictures through the one gate, and tells the conversation what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.dialogue.session import Result
from storage.failpoints import reach
from storage.files import FileStore, settled, thumb_name
from storage.photos import Picture, is_picture, open_gate
from storage.records import File, FileKind, FileStatus, Purpose
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

BATCH = 8
FORGOTTEN = 50
"""Given-up files whose bytes are deleted at a time."""
MAX_TRIES = 6
FIRST_RETRY = timedelta(seconds=5)
AFTER_FAULT = timedelta(seconds=30)
IDLE_SECONDS = 2.0
TIDY_SECONDS = 3600.0
MAX_BYTES = 20 * 1024 * 1024
"""Telegram's getFile limit, taken for every channel."""


class FetchFailed(Exception):
    """The bytes behind a reference could not be had."""

    def __init__(self, words: str, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final


class TooBig(FetchFailed):
    """The platform does not hand out files of this size."""

    def __init__(self) -> None:
        super().__init__("too big", is_final=True)


class Fetcher(Protocol):
    """A channel's way to bytes."""

    async def fetch(self, ref: str) -> bytes:
        """The bytes behind a reference. Raises FetchFailed."""
        ...


Tell = Callable[[File, Result, datetime], Callable[[Transaction], None]]
"""Puts what became of a file into the conversation that it belongs to; the returned work runs with the file's row."""


class Media:
    """Looks for files whose bytes have not arrived, and gets them."""

    def __init__(
        self,
        store: Store,
        files: FileStore,
        tell: Tell,
        fetchers: Mapping[str, Fetcher],
        clock: Callable[[], datetime],
        wake_delivery: Callable[[], None],
        arrived: Callable[[Transaction, File], None] = lambda _tx, _file: None,
    ) -> None:
        """`arrived` is called with each file whose fate is known, in the transaction that records it."""
        self._arrived = arrived
        self._store = store
        self._files = files
        self._tell = tell
        self._fetchers = fetchers
        self._clock = clock
        self._wake_delivery = wake_delivery
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Fetches until cancelled."""
        next_tidying = 0.0
        while True:
            self._woken.clear()
            try:
                found = await self.fetch_due()
                await self.forget_due()
                if time.monotonic() >= next_tidying:
                    next_tidying = time.monotonic() + TIDY_SECONDS
                    await self.tidy()
            except Exception:
                log.exception("media.fault")
                found = 0
            if found == 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_SECONDS):
                        await self._woken.wait()

    async def fetch_due(self) -> int:
        """Gets the bytes of one batch of waiting files; returns how many were looked at."""
        waiting = await self._store.read(lambda tx: tx.files.waiting(self._clock(), BATCH))
        ours = [file for file in waiting if file.channel in self._fetchers]
        for file in ours:
            try:
                await self._fetch(file)
            except Exception:  # one file's trouble keeps no other from arriving
                log.exception("media.fault")
                await self._set_back(file)
        return len(ours)

    async def forget_due(self) -> int:
        """Deletes the bytes of files that were given up, unless another file has the same ones; returns how many.

        Runs in turn with `fetch_due`, so that no picture arrives between the question and the deletion.
        """
        condemned = await self._store.read(lambda tx: tx.files.condemned(FORGOTTEN))
        for digest in {file.sha256 for file in condemned if file.sha256 is not None}:
            await self._forget(digest)
        return len(condemned)

    async def tidy(self) -> int:
        """Deletes bytes of which no row speaks, as a crash between storing and committing leaves them."""
        wanted = await self._store.read(lambda tx: tx.files.digests())
        return await asyncio.to_thread(self._files.remove_unwanted, wanted, settled())

    async def _forget(self, digest: str) -> None:
        if not await self._store.read(lambda tx: tx.files.is_kept(digest)):
            reach("media.before_forget")
            await asyncio.to_thread(self._files.delete, thumb_name(digest))
            await asyncio.to_thread(self._files.delete, digest)
            reach("media.after_delete")
        await self._store.write(lambda tx: tx.files.forget_bytes(digest))
        reach("media.after_forget")

    async def _fetch(self, file: File) -> None:
        try:
            content = await self._fetchers[file.channel].fetch(file.ref or "")
        except FetchFailed as failure:
            await self._missed(file, failure)
            return
        reach("media.after_fetch")
        if len(content) > MAX_BYTES:
            await self._refuse(file, "photo.too_big")
        elif file.purpose is Purpose.CONFIG:
            # A picture that is called a configuration is not kept: it would keep its position too.
            is_picture_too = is_picture(content)
            await (self._refuse(file, "config.not_a_text") if is_picture_too else self._take_attachment(file, content))
        elif file.kind is FileKind.PHOTO or is_picture(content):
            # Platforms call a picture a document when it is sent as a file: it carries its position all the same.
            await self._take_photo(replace(file, kind=FileKind.PHOTO), content)
        else:
            await self._take_attachment(file, content)

    async def _take_photo(self, file: File, content: bytes) -> None:
        opened = await asyncio.to_thread(open_gate, content)
        if not isinstance(opened, Picture):
            await self._refuse(file, opened.reason)
            return
        digest = hashlib.sha256(opened.jpeg).hexdigest()
        await asyncio.to_thread(self._files.put, digest, opened.jpeg)
        await asyncio.to_thread(self._files.put, thumb_name(digest), opened.thumb)
        ready = replace(
            file,
            status=FileStatus.READY,
            sha256=digest,
            phash=opened.phash,
            width=opened.width,
            height=opened.height,
            bytes=len(opened.jpeg),
            point=opened.point,
            taken_at=opened.taken_at or file.taken_at,
            mime="image/jpeg",
            retry_at=None,
        )
        await self._finish(ready, Result("photo_ready", facts={"file": file.id, "point": opened.point}))

    async def _take_attachment(self, file: File, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()
        await asyncio.to_thread(self._files.put, digest, content)
        ready = replace(file, status=FileStatus.READY, sha256=digest, bytes=len(content), retry_at=None)
        await self._finish(ready, Result("photo_ready", facts={"file": file.id, "point": None}))

    async def _missed(self, file: File, failure: FetchFailed) -> None:
        if isinstance(failure, TooBig):
            await self._refuse(file, "photo.too_big")
        elif failure.is_final or file.tries + 1 >= MAX_TRIES:
            await self._refuse(file, "photo.lost")
        else:
            await self._try_later(file)

    async def _try_later(self, file: File) -> None:
        pause = FIRST_RETRY * 2**file.tries
        later = replace(file, tries=file.tries + 1, retry_at=self._clock() + pause)
        await self._store.write(lambda tx: tx.files.save(later))

    async def _set_back(self, file: File) -> None:
        """The fault was ours: the file is kept, and asked for again after the others."""
        later = replace(file, retry_at=self._clock() + AFTER_FAULT)
        await self._store.write(lambda tx: tx.files.save(later))

    async def _refuse(self, file: File, key: str) -> None:
        refused = replace(file, status=FileStatus.REFUSED, refused=key, retry_at=None)
        await self._finish(refused, Result("photo_refused", ok=False, facts={"file": file.id, "key": key}))

    async def _finish(self, file: File, result: Result) -> None:
        tell = self._tell(file, result, self._clock())

        def work(tx: Transaction) -> None:
            current = tx.files.get(file.id)
            if current.status is not FileStatus.WAITING:
                return
            arrived = replace(file, case=current.case, purpose=current.purpose, round=current.round)
            tx.files.save(arrived)
            self._arrived(tx, arrived)
            tell(tx)
            reach("media.before_commit")

        await self._store.write(work)
        self._wake_delivery()
