"""Files on their way in: from the browser into a folder under random names, and from there to `bot.media`."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.channels.web.signing import Signer
from bot.media import FetchFailed
from storage.records import FileKind

MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 20
"""With one message."""
FOLDER_BYTES = 2 * 1024**3
KEPT_SECONDS = 3600.0
"""How long a file waits for the message that it belongs to."""
CONFIG_SUFFIX = ".yaml"
_REF = re.compile(rf"^[0-9a-f]{{16}}-[0-9a-f]{{32}}({re.escape(CONFIG_SUFFIX)})?$")
_CONFIG = (FileKind.DOCUMENT, "text/plain")
HEAD_BYTES = 16


class TooBig(Exception):
    """More than `MAX_BYTES`."""


class NoRoom(Exception):
    """The folder holds as much as it may."""


class UnknownKind(Exception):
    """Neither a picture nor a recording nor a document, whatever its name says."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that has arrived: how a message refers to it, and what its first bytes say it is."""

    ref: str
    kind: FileKind
    mime: str

    @property
    def is_config(self) -> bool:
        """Sent as a configuration: whatever its bytes are, only the reader of configurations sees them."""
        return self.ref.endswith(CONFIG_SUFFIX)


class Uploads:
    """The folder of files that no message has taken yet."""

    def __init__(self, folder: Path, signer: Signer) -> None:
        self._folder = folder
        self._signer = signer

    async def take(self, chat: str, chunks: AsyncIterator[bytes], is_config: bool = False) -> Upload:
        """Writes an upload of this chat. Raises TooBig, NoRoom, UnknownKind.

        A configuration is taken whatever it begins with: what is wrong with it is told by whoever reads it.
        """
        await asyncio.to_thread(self._make_room)
        ref = f"{self._owner(chat)}-{secrets.token_hex(16)}{CONFIG_SUFFIX if is_config else ''}"
        path = self._folder / f"{ref}.part"
        head, size = b"", 0
        try:
            with path.open("wb") as out:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > MAX_BYTES:
                        raise TooBig
                    head += chunk[: HEAD_BYTES - len(head)]
                    await asyncio.to_thread(out.write, chunk)
            kind, mime = _CONFIG if is_config else kind_of(head)
            path.rename(self._folder / ref)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Upload(ref, kind, mime)

    def find(self, chat: str, ref: str) -> Upload | None:
        """An upload of this very chat that still lies here; whatever is not one is None."""
        if not _REF.match(ref) or not ref.startswith(self._owner(chat)):
            return None
        try:
            with (self._folder / ref).open("rb") as file:
                kind, mime = _CONFIG if ref.endswith(CONFIG_SUFFIX) else kind_of(file.read(HEAD_BYTES))
        except (OSError, UnknownKind):
            return None
        return Upload(ref, kind, mime)

    async def fetch(self, ref: str) -> bytes:
        """The bytes of a file that a message refers to. They stay until `sweep`: the commit may still fail."""
        if not _REF.match(ref):
            raise FetchFailed("no upload", is_final=True)
        try:
            return await asyncio.to_thread((self._folder / ref).read_bytes)
        except FileNotFoundError as fault:
            raise FetchFailed("gone", is_final=True) from fault
        except OSError as fault:
            raise FetchFailed(type(fault).__name__) from fault

    def sweep(self, wanted: frozenset[str], older_than_seconds: float = KEPT_SECONDS) -> int:
        """Removes what nobody waits for any more; `wanted` are files that messages still wait for."""
        if not self._folder.exists():
            return 0
        oldest = time.time() - older_than_seconds
        removed = 0
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):
                if path.name not in wanted and path.stat().st_mtime < oldest:
                    path.unlink()
                    removed += 1
        return removed

    def _owner(self, chat: str) -> str:
        return self._signer.sign("upload", chat)[:16]

    def _make_room(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sum(_size(path) for path in self._folder.iterdir()) > FOLDER_BYTES:
            raise NoRoom


def _size(path: Path) -> int:
    """Zero for a file that was renamed or removed while the folder was read."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def kind_of(head: bytes) -> tuple[FileKind, str]:
    """What a file is by its first bytes; names and types that browsers send are not asked. Raises UnknownKind."""
    for start, kind, mime in _STARTS:
        if head.startswith(start):
            return kind, mime
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp" and head[8:12] not in (b"heic", b"heix", b"mif1", b"avif"):
        return (FileKind.VOICE, "audio/mp4") if head[8:11] == b"M4A" else (FileKind.VIDEO, "video/mp4")
    raise UnknownKind


_STARTS = (
    (b"\xff\xd8\xff", FileKind.PHOTO, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", FileKind.PHOTO, "image/png"),
    (b"%PDF-", FileKind.DOCUMENT, "application/pdf"),
    (b"OggS", FileKind.VOICE, "audio/ogg"),
    (b"ID3", FileKind.VOICE, "audio/mpeg"),
    (b"\x1aE\xdf\xa3", FileKind.VIDEO, "video/webm"),
)
_RIFF = {b"WEBP": (FileKind.PHOTO, "image/webp"), b"WAVE": (FileKind.VOICE, "audio/wav")}
