"""Addresses of pictures: signed for one reader, short-lived, and checked against who may see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.casework.context import Context
from bot.casework.permissions import may_see, may_talk
from bot.channels.web.signing import Signer
from routing.config import Config
from storage.files import FileStore, thumb_name
from storage.records import CitizenId, File, FileId, FileKind, FileStatus, OfficerId, PersonId, Purpose
from storage.shelf import NotFound
from storage.store import Store, Transaction

VALID_SECONDS = 3600
PUBLIC = "public"
"""In place of a channel: an address without a reader."""


class Pictures:
    """Signs addresses of stored pictures, and opens them for those who may see them."""

    def __init__(
        self,
        store: Store,
        files: FileStore,
        config: Callable[[], Config],
        signer: Signer,
        clock: Callable[[], datetime],
        public_url: str | None = None,
    ) -> None:
        self._store = store
        self._files = files
        self._config = config
        self._signer = signer
        self._public_url = public_url
        self.clock = clock

    def link(self, channel: str, chat: str, file: str) -> dict[str, str]:
        """The file's id and two addresses, small and large, good for this chat's reader for an hour."""
        ends = int(self.clock().timestamp()) + VALID_SECONDS
        signature = self._signer.sign("picture", channel, chat, file, ends)
        prefix = "/desk" if channel == "desk" else ""
        address = f"{prefix}/picture/{file}?e={ends}&s={signature}"
        return {"file": file, "small": f"{address}&small=1", "large": address}

    def public_link(self, file: str) -> str | None:
        """An address for platforms that fetch pictures themselves: good for an hour, for whoever was given it."""
        if self._public_url is None:
            return None
        ends = int(self.clock().timestamp()) + VALID_SECONDS
        signature = self._signer.sign("picture", PUBLIC, "", file, ends)
        return f"{self._public_url.rstrip('/')}/public/{file}?e={ends}&s={signature}"

    async def stored(self, file: str) -> File | None:
        """The stored picture, whoever asks: only behind a signature."""
        found = await self._store.read(lambda tx: _found(tx, file))
        return found if found is not None and found.kind is FileKind.PHOTO else None

    def is_signed(self, channel: str, chat: str, file: str, ends: str, signature: str) -> bool:
        """Whether an address is ours, for this reader, and still good."""
        is_good = ends.isascii() and ends.isdigit() and len(ends) < 12 and int(ends) >= self.clock().timestamp()
        return is_good and self._signer.fits(signature, "picture", channel, chat, file, ends)

    async def visible(self, channel: str, chat: str, file: str) -> File | None:
        """The stored file, when the person behind the chat may see it."""

        def look(tx: Transaction) -> File | None:
            found = _found(tx, file)
            ctx = Context(tx, self._config(), self.clock())
            return found if found is not None and may_see_file(ctx, channel, chat, found) else None

        return await self._store.read(look)

    def read(self, file: File, is_small: bool) -> bytes:
        """Its bytes. Raises FileNotFoundError."""
        assert file.sha256 is not None
        wanted = thumb_name(file.sha256) if is_small and file.kind is FileKind.PHOTO else file.sha256
        return self._files.get(wanted)


def _found(tx: Transaction, file: str) -> File | None:
    try:
        found = tx.files.get(FileId(file))
    except NotFound:
        return None
    return found if found.status is FileStatus.READY else None


def may_see_file(ctx: Context, channel: str, chat: str, file: File) -> bool:
    """The sender; the case's citizen and followers; staff who may see the case; the desk what a thread brought."""
    known = ctx.tx.chats.get(channel, chat)
    if known is None:
        return False
    if known.citizen is not None:
        return file.person == PersonId(known.citizen) or _is_of_own_case(ctx, file, known.citizen)
    if known.officer is not None:
        officer = ctx.tx.officers.get(OfficerId(known.officer))
        if file.case is None:
            is_talk = file.purpose is Purpose.TALK and may_talk(officer)
            return officer.is_active and (file.person == PersonId(officer.id) or is_talk)
        return may_see(ctx, officer, ctx.tx.cases.get(file.case))
    return False


def _is_of_own_case(ctx: Context, file: File, citizen: CitizenId) -> bool:
    if file.case is None:
        return False
    return ctx.tx.cases.get(file.case).citizen == citizen or citizen in ctx.tx.followers.of(file.case)
