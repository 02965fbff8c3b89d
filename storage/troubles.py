"""What does not work at present, and since when: one entry for each kind and place, for as long as it lasts."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select

from storage.records import Trouble
from storage.shelf import Shelf
from storage.tables import meta

PREFIX = "trouble:"


class Troubles(Shelf):
    """Lasting troubles of the service."""

    def begin(self, trouble: Trouble) -> bool:
        """False when it is known already."""
        value = json.dumps({"since": trouble.since.isoformat(), "told": trouble.told})
        return self._insert_new(meta, {"key": _key(trouble.kind, trouble.where), "value": value})

    def end(self, kind: str, where: str) -> None:
        """It is over."""
        self._connection.execute(meta.delete().where(meta.c.key == _key(kind, where)))

    def get(self, kind: str, where: str) -> Trouble | None:
        return next((each for each in self.all() if (each.kind, each.where) == (kind, where)), None)

    def all(self) -> tuple[Trouble, ...]:
        """In the order of their kinds."""
        query = select(meta.c.key, meta.c.value).where(meta.c.key.startswith(PREFIX)).order_by(meta.c.key)
        return tuple(_trouble(row["key"], row["value"]) for row in self._rows(query))


def _key(kind: str, where: str) -> str:
    return f"{PREFIX}{kind}:{where}"


def _trouble(key: str, value: str) -> Trouble:
    _, kind, where = key.split(":", 2)
    said = json.loads(value)
    return Trouble(kind, where, datetime.fromisoformat(said["since"]), bool(said["told"]))
