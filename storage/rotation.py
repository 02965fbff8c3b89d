"""Rotation of the master key: every person's key is wrapped anew; nothing else is touched."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from storage.sealed import MasterKeys
from storage.tables import keys


def rewrap(connection: Connection, master: MasterKeys) -> int:
    """Wraps with the newest master key whatever an older one wrapped; returns how many. May be run again."""
    older = select(keys).where(keys.c.wrapped.is_not(None), keys.c.master != master.newest)
    count = 0
    for row in connection.execute(older).mappings().all():
        plain = master.unwrap(row["person"], row["master"], row["wrapped"])
        name, wrapped = master.wrap(row["person"], plain)
        connection.execute(update(keys).where(keys.c.person == row["person"]).values(master=name, wrapped=wrapped))
        count += 1
    return count
