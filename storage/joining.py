"""Two citizens turn out to be one person: all that belongs to the one belongs to the other from now on."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from storage.outbox import about
from storage.tables import cases, chats, consents, files, followers, links, outbox, requests, sessions
from storage.vault import JOINED, Vault

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)

OWNERS = ((cases, "citizen"), (files, "person"), (consents, "citizen"), (requests, "citizen"), (links, "owner"))
"""Tables and the column that names a person in them."""


def join(connection: Connection, vault: Vault, left: str, into: str) -> None:
    """Moves cases, pictures, messages, consents and chats of `left` to `into`.

    Nothing in the chains is touched: the key of `left` lives on for what it sealed, and dies with that of `into`.
    """
    _messages(connection, vault, left, into)
    for table, column in (*OWNERS, (chats, "citizen")):
        connection.execute(update(table).where(table.c[column] == left).values({column: into}))
    _followers(connection, left, into)
    connection.execute(sessions.delete().where(sessions.c.person == left))
    joined = {"hash": left, "kind": JOINED, "case_id": "", "owner": into, "expires_at": FOREVER}
    connection.execute(links.insert().values(joined))


def _messages(connection: Connection, vault: Vault, left: str, into: str) -> None:
    """The seal of a message names its person, so it is sealed anew."""
    columns = (outbox.c.id, outbox.c.created_at, outbox.c.sealed)
    for row in connection.execute(select(*columns).where(outbox.c.person == left)).mappings().all():
        plain = vault.open(left, about(left, row["created_at"]), row["sealed"])
        sealed = vault.seal(into, about(into, row["created_at"]), plain) if plain is not None else None
        connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(person=into, sealed=sealed))


def _followers(connection: Connection, left: str, into: str) -> None:
    """One person follows a case once, and never their own."""
    own = set(connection.execute(select(cases.c.id).where(cases.c.citizen == into)).scalars())
    following = set(connection.execute(select(followers.c.case_id).where(followers.c.citizen == into)).scalars())
    for case in list(connection.execute(select(followers.c.case_id).where(followers.c.citizen == left)).scalars()):
        mine = (followers.c.case_id == case, followers.c.citizen == left)
        if case in own or case in following:
            connection.execute(followers.delete().where(*mine))
        else:
            connection.execute(update(followers).where(*mine).values(citizen=into))
    for case in own & following:
        connection.execute(followers.delete().where(followers.c.case_id == case, followers.c.citizen == into))
