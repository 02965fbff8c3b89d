"""Signatures under what a browser holds or asks for: its cookie, its page token, the addresses of its pictures."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from storage.store import Store, Transaction

NAME = "web"
KEY_BYTES = 32
DIGITS = 32
"""Hexadecimal digits of a signature: 128 bits."""


class Signer:
    """Signs and checks; each purpose is a key of its own, so that one signature never passes for another."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    async def load(cls, store: Store) -> Signer:
        """The key of this database, sealed in it; made on the first start."""
        fresh = secrets.token_hex(KEY_BYTES)

        def keep(tx: Transaction) -> str:
            known = tx.tokens.get(NAME)
            if known is not None:
                return str(known[0]["key"])
            tx.tokens.set(NAME, {"key": fresh}, None)
            return fresh

        return cls(bytes.fromhex(await store.write(keep)))

    def sign(self, purpose: str, *parts: object) -> str:
        """32 hexadecimal digits."""
        said = "\x1f".join((purpose, *map(str, parts)))
        return hmac.new(self._key, said.encode(), hashlib.sha256).hexdigest()[:DIGITS]

    def key_for(self, purpose: str) -> bytes:
        """A key of 256 bits for something else than signing, as lasting as this one."""
        return hmac.digest(self._key, f"\0{purpose}".encode(), "sha256")

    def fits(self, signature: str, purpose: str, *parts: object) -> bool:
        """In constant time."""
        return hmac.compare_digest(signature.encode(), self.sign(purpose, *parts).encode())
