"""Rotation of the master key: every person's key is wrapped anew; nothing else is touched."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from storage.sealed import MasterKeys
from storage.tables import keys


def rewrap(connection: Connection, master: MasterKeys, limit: int) -> int:
    """Wraps with the newest master key some of what an older one wrapped; returns how many, 0 when none is left."""
    older = select(keys).where(keys.c.wrapped.is_not(None), keys.c.master != master.newest).limit(limit)
    rows = connection.execute(older).mappings().all()
    for row in rows:
        plain = master.unwrap(row["person"], row["master"], row["wrapped"])
        name, wrapped = master.wrap(row["person"], plain)
        # Somebody erased meanwhile stays erased.
        same = (keys.c.person == row["person"], keys.c.master == row["master"])
        connection.execute(update(keys).where(*same).values(master=name, wrapped=wrapped))
    return len(rows)
