"""Record <-> row, both ways, from the record's own types; personal fields go into the row's one sealed column."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from enum import StrEnum
from types import UnionType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Table

from storage.records import Point
from storage.sealed import SealedBytes
from storage.vault import Vault

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")
Decode = Callable[[Any], Any]


class Mapper(Generic[R]):
    """Translates one record class to one table.

    `sealed` names the personal fields; `owner` says whose key seals a record; `row_id` names the row in the seal;
    `renamed` maps a field to its column where the column's name would be a reserved word.
    """

    def __init__(
        self,
        record: type[R],
        table: Table,
        row_id: Callable[[R], str],
        owner: Callable[[R], str | None],
        sealed: tuple[str, ...] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        self.table = table
        self._record = record
        self._row_id = row_id
        self._owner = owner
        self._sealed = sealed
        self._renamed = dict(renamed or {})
        hints = get_type_hints(record)
        names = [f.name for f in fields(record)]
        self._decode: dict[str, Decode | None] = {name: _decoder(hints[name]) for name in names}
        self._plain = [(n, self._renamed.get(n, n)) for n in names if n not in sealed]
        self._stored = [(n, c, self._decode[n]) for n, c in self._plain if c in table.c]
        self._empty = {n: _EMPTY[kind] for n in sealed if (kind := get_origin(hints[n]) or hints[n]) in _EMPTY}

    def to_row(self, record: R, vault: Vault, owner: str | None = None, **more: Any) -> dict[str, Any]:
        """The row of a record; `more` are columns that it lacks, `owner` whose key seals it if it does not say."""
        row = self.plain_row(record) | more
        if self._sealed:
            row["sealed"] = self.seal(record, vault, owner or self._owner(record))
        return row

    def plain_row(self, record: R) -> dict[str, Any]:
        """The columns of a record that are not sealed."""
        return {column: getattr(record, name) for name, column, _ in self._stored}

    def changes(self, was: R, now: R, vault: Vault) -> dict[str, Any]:
        """What of the row is no longer as it was; what did not change is neither sealed nor written again."""
        row = {column: value for name, column, _ in self._stored if (value := getattr(now, name)) != getattr(was, name)}
        if self._owner(now) != self._owner(was) or any(getattr(now, n) != getattr(was, n) for n in self._sealed):
            row["sealed"] = self.seal(now, vault, self._owner(now))
        return row

    def seal(self, record: R, vault: Vault, owner: str | None) -> SealedBytes | None:
        """The personal fields of a record as ciphertext; None when all are empty."""
        personal = {
            name: _plain(value) for name in self._sealed if (value := getattr(record, name)) not in (None, "", {})
        }
        if not personal:
            return None
        return vault.seal(owner, self._about(self._row_id(record)), json.dumps(personal, ensure_ascii=False))

    def of_row(self, row: Mapping[str, Any], vault: Vault, owner: str | None, row_id: str) -> R:
        """The record of a row; where its person is erased the personal fields are empty."""
        values = {
            name: decode(value) if decode and (value := row[column]) is not None else row[column]
            for name, column, decode in self._stored
        }
        if self._sealed:
            opened = vault.open(owner, self._about(row_id), row["sealed"])
            personal = json.loads(opened) if opened else {}
            for name in self._sealed:
                value = personal.get(name)
                decode = self._decode[name]
                if value is None and name in self._empty:
                    values[name] = self._empty[name]()
                else:
                    values[name] = decode(value) if decode and value is not None else value
        return self._record(**values)

    def _about(self, row_id: str) -> str:
        return f"{self.table.name}:{row_id}"


_EMPTY: dict[Any, Callable[[], Any]] = {str: str, dict: dict, tuple: tuple}
"""What an erased field reads as when its type has no None."""


def _plain(value: Any) -> Any:
    if isinstance(value, Point):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _decoder(hint: Any) -> Decode | None:
    """How a stored value becomes the field's type; None when it already is."""
    if get_origin(hint) in (Union, UnionType):
        inner = [a for a in get_args(hint) if a is not type(None)]
        return _decoder(inner[0]) if len(inner) == 1 else None
    if get_origin(hint) is tuple:
        return tuple
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    if hint is Point:
        return lambda value: Point(**value)
    return None
