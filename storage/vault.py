"""Opens and seals personal data within one transaction: persons' keys, fetched once each."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, bindparam, select
from sqlalchemy import update as sql_update

from storage.sealed import KEY_BYTES, KeyFault, MasterKeys, SealedBytes, decrypt, encrypt
from storage.tables import keys, links

SERVICE = "-service"
"""Whose key seals what belongs to nobody in particular (a platform's tokens), and keys the blind indexes.

Kept like a person's, so that a new master key wraps it anew with all others.
"""


JOINED = "joined"
"""Kind of link that says: this person is now that one (`storage.joining`)."""


# Building a statement costs more than running it: those of every new person are kept.
_KEY_OF = select(keys).where(keys.c.person == bindparam("person"))
_NEW_KEY = keys.insert()


class Vault:
    """Persons' keys for one transaction."""

    def __init__(self, connection: Connection, master: MasterKeys) -> None:
        self._connection = connection
        self._master = master
        self._known: dict[str, bytes | None] = {}

    def seal(self, person: str | None, about: str, plain: str) -> SealedBytes | None:
        """Ciphertext under the person's key (made on first use), or the service's when it is nobody's.

        None for a person whose key was destroyed: what is said about the erased is not kept.
        """
        key = self._key(person or SERVICE, make=True)
        return None if key is None else SealedBytes(encrypt(key, plain.encode(), about))

    def open(self, person: str | None, about: str, sealed: bytes | None) -> str | None:
        """The plain text, or None when nothing was sealed or its key is destroyed. Raises KeyFault for a wrong key.

        What was sealed for somebody who was joined with this person opens with the key of that somebody.
        """
        if sealed is None:
            return None
        key = self._key(person or SERVICE)
        if key is None:
            return None
        try:
            return decrypt(key, sealed, about).decode()
        except InvalidTag as fault:
            for joined in self._joined(person):
                with contextlib.suppress(InvalidTag):
                    earlier = self._key(joined)
                    return None if earlier is None else decrypt(earlier, sealed, about).decode()
            raise KeyFault(f"{about}: không mở được bằng khoá của người này") from fault

    def digest(self, person: str, words: str) -> str:
        """A keyed digest of a person's words: the chain can hold it without holding the words."""
        key = self._key(person, make=True)
        return "" if key is None else hmac.new(key, words.encode(), hashlib.sha256).hexdigest()

    def blind(self, kind: str, value: str) -> str:
        """A keyed digest by which something can be looked up without being stored."""
        key = self._key(SERVICE, make=True)
        assert key is not None, "the service's key is never destroyed"
        return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()

    def check(self) -> None:
        """Opens the service's key, or makes it in a new database. Raises KeyFault when the master key does not fit."""
        self._key(SERVICE, make=True)

    def destroy(self, person: str, at: datetime) -> None:
        """What was sealed for this person can never be read again."""
        self._key(person, make=True)
        for each in (person, *self._joined(person)):
            self._connection.execute(
                sql_update(keys).where(keys.c.person == each).values(wrapped=None, master=None, destroyed_at=at)
            )
            self._known[each] = None

    def _joined(self, person: str | None) -> tuple[str, ...]:
        """Persons who were found to be this one."""
        query = select(links.c.hash).where(links.c.owner == person, links.c.kind == JOINED)
        return tuple(self._connection.execute(query).scalars()) if person else ()

    def learn(self, row: Mapping[Any, Any]) -> bytes | None:
        """The key in a row of `keys`, which need not be fetched any more; None when it is destroyed."""
        person = str(row["person"])
        if person not in self._known:
            wrapped = row["wrapped"]
            self._known[person] = None if wrapped is None else self._master.unwrap(person, row["master"], wrapped)
        return self._known[person]

    def fetch(self, persons: Iterable[str]) -> None:
        """The keys of many persons at once."""
        unknown = sorted(set(persons) - self._known.keys())
        if len(unknown) > 1:
            for row in self._connection.execute(select(keys).where(keys.c.person.in_(unknown))).mappings():
                self.learn(row)

    def _key(self, person: str, make: bool = False) -> bytes | None:
        if person in self._known:
            return self._known[person]
        row = self._connection.execute(_KEY_OF, {"person": person}).first()
        if row is not None:
            return self.learn(row._mapping)
        if not make:
            return None
        key = os.urandom(KEY_BYTES)
        master, wrapped = self._master.wrap(person, key)
        self._connection.execute(_NEW_KEY, {"person": person, "master": master, "wrapped": wrapped})
        self._known[person] = key
        return key
