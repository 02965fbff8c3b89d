"""Personal data at rest: a key per person, wrapped by a master key that lies outside the database."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from storage.failpoints import reach
from storage.files import sync

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyFault(Exception):
    """The master key is missing, damaged or not the one that sealed this database."""


class SealedBytes(bytes):
    """Ciphertext: the only thing that a `Sealed` column takes."""


class Sealed(TypeDecorator[SealedBytes]):
    """A column that refuses plain text."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None or isinstance(value, SealedBytes):
            return value
        raise TypeError(f"a sealed column takes SealedBytes, not {type(value).__name__}")

    def process_result_value(self, value: Any, dialect: Dialect) -> SealedBytes | None:
        return None if value is None else SealedBytes(value)


class MasterKeys:
    """The keys that wrap every person's key: newest first, older ones only read.

    A service that meets a key which was put into the file after it started reads the file again; so it does before it
    wraps anything, when another file has taken the place of the one it read.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise KeyFault("khoá chính hỏng: cần ít nhất một khoá 32 byte")
        self._keys = dict(keys)
        self._file: Path | None = None
        self._seen: tuple[int, int] | None = None
        self._is_made = False

    @classmethod
    def load(cls, path: Path) -> MasterKeys:
        """Reads the key file; makes one with mode 0600 on the first run. Raises KeyFault when it cannot be read."""
        is_first = not path.exists()
        if is_first:
            # Of several processes that start for the first time at once, one makes the key and all read it.
            cls({secrets.token_hex(4): secrets.token_bytes(KEY_BYTES)}).write(path, only_if_new=True)
        seen, keys = _mark(path), cls._read(path)
        keys._file, keys._seen, keys._is_made = path, seen, is_first
        return keys

    @classmethod
    def _read(cls, path: Path) -> MasterKeys:
        try:
            return cls.parse(path.read_text(encoding="utf-8"))
        except (KeyFault, ValueError, OSError) as fault:
            why = fault.strerror if isinstance(fault, OSError) else "tệp hỏng"
            raise KeyFault(f"không đọc được tệp khoá {path}: {why}") from fault

    @classmethod
    def parse(cls, written: str) -> MasterKeys:
        """Keys from what `write` writes, as when they come from the environment. Raises KeyFault."""
        try:
            keys = json.loads(written)
            return cls({name: base64.b64decode(key, validate=True) for name, key in keys.items()})
        except (ValueError, AttributeError, TypeError) as fault:
            raise KeyFault("khoá chính hỏng, không đọc được") from fault

    def write(self, path: Path, only_if_new: bool = False) -> None:
        """Writes the key file atomically and durably, readable by its owner only; with `only_if_new` over no other."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = json.dumps({name: base64.b64encode(key).decode() for name, key in self._keys.items()}, indent=1)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(written)
            out.flush()
            os.fsync(out.fileno())
        reach("key.before_rename")
        if only_if_new:
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
            fresh.unlink()
        else:
            fresh.replace(path)
        sync(path.parent)
        reach("key.after_rename")

    def withdraw(self) -> None:
        """Takes back the file if `load` has just made it.

        Beside a database that another key sealed it would pass for the lost one, and be copied over its good copies.
        """
        if self._is_made and self._file is not None:
            self._file.unlink(missing_ok=True)

    def rotate(self) -> MasterKeys:
        """The same keys with a new one in front; persons' keys are wrapped anew by `Store.rewrap`."""
        return MasterKeys({secrets.token_hex(4): secrets.token_bytes(KEY_BYTES), **self._keys})

    @property
    def newest(self) -> str:
        return next(iter(self._keys))

    def wrap(self, person: str, key: bytes) -> tuple[str, bytes]:
        """A person's key as it is stored: id of the master key, ciphertext. Raises KeyFault for a spoilt key file."""
        self._take_up_anew()
        return self.newest, encrypt(self._keys[self.newest], key, f"key:{person}")

    def unwrap(self, person: str, master: str, wrapped: bytes) -> bytes:
        """Raises KeyFault when the master key is not among ours or does not fit."""
        if master not in self._keys:
            self._take_up_anew()
        if master not in self._keys:
            raise KeyFault(f"cơ sở dữ liệu được niêm bằng khoá {master}, không có trong tệp khoá")
        try:
            return decrypt(self._keys[master], wrapped, f"key:{person}")
        except InvalidTag as fault:
            raise KeyFault(f"khoá {master} không mở được dữ liệu này") from fault

    def _take_up_anew(self) -> None:
        """Reads the key file again when another has taken its place."""
        if self._file is not None and (seen := _mark(self._file)) not in (None, self._seen):
            self._keys, self._seen = self._read(self._file)._keys, seen

    def only_newest(self) -> MasterKeys:
        """Without the older keys: after `Store.rewrap` nothing needs them."""
        return MasterKeys({self.newest: self._keys[self.newest]})


def _mark(path: Path) -> tuple[int, int] | None:
    """What tells a file from another of its name; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def encrypt(key: bytes, plain: bytes, about: str) -> bytes:
    """AES-256-GCM; `about` binds the ciphertext to its row."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def decrypt(key: bytes, sealed: bytes, about: str) -> bytes:
    """Raises InvalidTag when key, bytes or `about` do not fit."""
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
