"""People: citizens, officers, invitations, and the chats where they can be reached."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, Table, bindparam, case, func, select, update

from storage.arrivals import ARRIVAL, Standing, standing_of
from storage.batch import Batch
from storage.joining import join
from storage.mapper import Mapper
from storage.records import AgencyId, Chat, Citizen, CitizenId, Invitation, Officer, OfficerId
from storage.shelf import NotFound, Row, Shelf
from storage.tables import (
    cases,
    chats,
    citizens,
    examples,
    files,
    followers,
    invitations,
    keys,
    officers,
    outbox,
    sessions,
)
from storage.vault import Vault

CITIZEN = Mapper(Citizen, citizens, lambda c: c.id, lambda c: c.id, sealed=("name", "phone"))
OFFICER = Mapper(Officer, officers, lambda o: o.id, lambda o: o.id, sealed=("name", "totp"))
INVITATION = Mapper(Invitation, invitations, lambda i: i.hash, lambda _i: None)
CHAT = Mapper(Chat, chats, lambda c: f"{c.channel}:{c.chat}", lambda _c: None)


# Building a statement costs more than running it: those of every message and every notice are kept.
_CITIZEN = select(citizens).where(citizens.c.id == bindparam("this"))
_NEW_CITIZEN = citizens.insert()
_CITIZENS = select(citizens).where(citizens.c.id.in_(bindparam("these", expanding=True)))
_OFFICER = select(officers).where(officers.c.id == bindparam("this"))
_OFFICERS = select(officers).where(officers.c.id.in_(bindparam("these", expanding=True)))
_IS_ACTIVE = (officers.c.confirmed_at.is_not(None), officers.c.revoked_at.is_(None))
_ACTIVE_OF_AGENCY = (
    select(officers)
    .where(officers.c.agency == bindparam("agency"), *_IS_ACTIVE)
    .order_by(officers.c.created_at, officers.c.id)
)
# Whoever asks for a chat asks for its citizen next, and for what is sealed with their key.
_CHAT = (
    select(chats, citizens, keys)
    .join_from(chats, citizens, citizens.c.id == chats.c.citizen, isouter=True)
    .join(keys, keys.c.person == chats.c.citizen, isouter=True)
    .where(chats.c.channel == bindparam("channel"), chats.c.chat == bindparam("chat"))
    .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
)
_CHATS_OF = {
    whose: select(chats)
    .where(chats.c[whose].in_(bindparam("who", expanding=True)))
    .order_by(chats.c.last_heard_at.is_(None), chats.c.last_heard_at.desc(), chats.c.channel, chats.c.chat)
    for whose in ("citizen", "officer", "agency")
}


@dataclass
class Kept:
    """Who was read in this transaction, and need not be read again; a write forgets what it concerns."""

    citizens: dict[str, Citizen] = field(default_factory=dict)
    officers: dict[str, Officer] = field(default_factory=dict)
    agencies: dict[str, tuple[Officer, ...]] = field(default_factory=dict)
    """Who is active in an agency."""
    chats: dict[tuple[str, str], tuple[Chat, ...]] = field(default_factory=dict)
    """Of a citizen, an officer or an agency."""
    chat: dict[tuple[str, str], Chat | None] = field(default_factory=dict)
    """By its channel and name."""
    followers: dict[str, tuple[CitizenId, ...]] = field(default_factory=dict)
    """Of a case."""

    def forget_chats(self) -> None:
        self.chats.clear()
        self.chat.clear()

    def forget_officers(self) -> None:
        self.officers.clear()
        self.agencies.clear()


def _part(row: Row, table: Table) -> Row:
    """One table's columns of a row of several."""
    return {column.name: row[f"{table.name}_{column.name}"] for column in table.c}


class Citizens(Shelf):
    """The citizens of one transaction."""

    def __init__(self, batch: Batch, vault: Vault, kept: Kept) -> None:
        super().__init__(batch, vault)
        self._kept = kept

    def add(self, citizen: Citizen) -> None:
        self._connection.execute(_NEW_CITIZEN, self._row_of(citizen))

    def save(self, citizen: Citizen) -> None:
        self._kept.citizens.pop(citizen.id, None)
        self._connection.execute(update(citizens).where(citizens.c.id == citizen.id), self._row_of(citizen))

    def get(self, citizen: CitizenId) -> Citizen:
        """Raises NotFound."""
        kept = self._kept.citizens.get(citizen)
        if kept is not None:
            return kept
        row = self._row(_CITIZEN, this=citizen)
        if row is None:
            raise NotFound("citizen")
        found = self._kept.citizens[citizen] = self._citizen(row)
        return found

    def expect(self, expected: Collection[CitizenId]) -> None:
        """These will be asked for: they are read at once."""
        unknown = sorted(set(expected) - self._kept.citizens.keys())
        self._vault.fetch(unknown)
        for row in self._rows(_CITIZENS, these=unknown):
            self._kept.citizens[row["id"]] = self._citizen(row)

    def by_phone(self, phone: str) -> tuple[Citizen, ...]:
        """Everybody with this telephone number (ten digits)."""
        found = self._rows(select(citizens).where(citizens.c.phone_blind == self._vault.blind("phone", phone)))
        return tuple(self._citizen(row) for row in found)

    def erase(self, citizen: CitizenId, now: datetime) -> None:
        """Destroys the person's key, blanks what lies plain, and cuts the tie to the chats.

        Masked words of the cases and of the examples taken from them go too; ward, category and the chain stay.
        """
        self._kept.forget_chats()
        self._kept.followers.clear()
        theirs = select(cases.c.id).where(cases.c.citizen == citizen)
        self._connection.execute(examples.delete().where(examples.c.case_id.in_(theirs)))
        self._connection.execute(
            update(cases).where(cases.c.citizen == citizen).values(masked="", folded="", cell=None, sealed=None)
        )
        self._connection.execute(sessions.delete().where(sessions.c.person == citizen))
        self._connection.execute(followers.delete().where(followers.c.citizen == citizen))
        self._connection.execute(update(chats).where(chats.c.citizen == citizen).values(citizen=None))
        self._leave(citizen, now)
        self._vault.destroy(citizen, now)

    def join(self, left: CitizenId, into: Citizen, now: datetime) -> None:
        """Makes two people one: all that belongs to `left` belongs to `into`, who is saved as given."""
        self._leave(left, now)
        self._kept.forget_chats()
        self._kept.followers.clear()
        join(self._connection, self._vault, left, into.id)
        self.save(into)

    def _leave(self, citizen: CitizenId, now: datetime) -> None:
        """Of this person only the row stays, with what is no personal data."""
        known = self.get(citizen)
        self.save(replace(known, name=None, phone=None, home_ward=None, consent=None, erased_at=now))

    def find(self, channel: str, chat: str) -> Citizen | None:
        """Whoever writes from this chat."""
        query = select(citizens).join(chats, chats.c.citizen == citizens.c.id)
        row = self._row(query.where(chats.c.channel == channel, chats.c.chat == chat))
        return self._citizen(row) if row is not None else None

    def count(self) -> int:
        return int(self._connection.execute(select(func.count()).select_from(citizens)).scalar_one())

    def _row_of(self, citizen: Citizen) -> dict[str, object]:
        blind = self._vault.blind("phone", citizen.phone) if citizen.phone else None
        return CITIZEN.to_row(citizen, self._vault, phone_blind=blind)

    def _citizen(self, row: Row) -> Citizen:
        return CITIZEN.of_row(row, self._vault, row["id"], row["id"])


class Officers(Shelf):
    """The staff of one transaction."""

    def __init__(self, batch: Batch, vault: Vault, kept: Kept) -> None:
        super().__init__(batch, vault)
        self._kept = kept

    def add(self, officer: Officer) -> None:
        self._kept.forget_officers()
        self._connection.execute(officers.insert(), OFFICER.to_row(officer, self._vault))

    def save(self, officer: Officer) -> None:
        self._kept.forget_officers()
        row = OFFICER.to_row(officer, self._vault)
        self._connection.execute(update(officers).where(officers.c.id == officer.id), row)

    def get(self, officer: OfficerId) -> Officer:
        """Raises NotFound."""
        kept = self._kept.officers.get(officer)
        if kept is not None:
            return kept
        row = self._row(_OFFICER, this=officer)
        if row is None:
            raise NotFound("officer")
        found = self._kept.officers[officer] = self._officer(row)
        return found

    def behind(self, actor: str) -> Officer | None:
        """Whom an event or a line of the audit names; None when it was no member of staff."""
        kind, _, number = actor.partition(":")
        return self.get(OfficerId(number)) if kind == "officer" else None

    def expect(self, expected: Collection[OfficerId]) -> None:
        """These will be asked for: they are read at once."""
        unknown = sorted(set(expected) - self._kept.officers.keys())
        self._vault.fetch(unknown)
        for row in self._rows(_OFFICERS, these=unknown):
            self._kept.officers[row["id"]] = self._officer(row)

    def of_agency(self, agency: AgencyId | str) -> tuple[Officer, ...]:
        """Whoever is active there, in the order in which they joined."""
        kept = self._kept.agencies.get(agency)
        if kept is not None:
            return kept
        rows = self._rows(_ACTIVE_OF_AGENCY, agency=agency)
        found = self._kept.agencies[agency] = tuple(self._officer(row) for row in rows)
        return found

    def all(self) -> tuple[Officer, ...]:
        query = select(officers).order_by(officers.c.agency, officers.c.created_at, officers.c.id)
        return tuple(self._officer(row) for row in self._rows(query))

    def staffed(self) -> frozenset[str]:
        """Agencies with somebody active."""
        query = select(officers.c.agency).where(*_IS_ACTIVE).distinct()
        return frozenset(self._connection.execute(query).scalars())

    def _officer(self, row: Row) -> Officer:
        return OFFICER.of_row(row, self._vault, row["id"], row["id"])


class Invitations(Shelf):
    """Single-use codes, by their hashes."""

    def add(self, invitation: Invitation) -> None:
        self._connection.execute(invitations.insert(), INVITATION.to_row(invitation, self._vault))

    def take(self, hash_: str, now: datetime) -> Invitation | None:
        """Uses a code, exactly once; None when it is unknown, used or expired."""
        is_good = (invitations.c.hash == hash_, invitations.c.used_at.is_(None), invitations.c.expires_at > now)
        taken = update(invitations).where(*is_good).values(used_at=now).returning(invitations)
        row = self._connection.execute(taken).mappings().first()
        return INVITATION.of_row(dict(row), self._vault, None, "") if row is not None else None

    def open(self, now: datetime) -> tuple[Invitation, ...]:
        """Those that may still be used."""
        query = select(invitations).where(invitations.c.used_at.is_(None), invitations.c.expires_at > now)
        return tuple(INVITATION.of_row(row, self._vault, None, "") for row in self._rows(query))


class Chats(Shelf):
    """Where people can be reached."""

    def __init__(self, batch: Batch, vault: Vault, kept: Kept) -> None:
        super().__init__(batch, vault)
        self._kept = kept

    def get(self, channel: str, chat: str) -> Chat | None:
        here = channel, chat
        if here not in self._kept.chat:
            row = self._row(_CHAT, channel=channel, chat=chat)
            self._kept.chat[here] = self._known(row) if row is not None else None
        return self._kept.chat[here]

    def arriving(self, channel: str, chat: str, now: datetime) -> tuple[Chat | None, Standing]:
        """The same for a chat that somebody has just written in, and what else there may be to ask for."""
        row = self._row(ARRIVAL, channel=channel, chat=chat, now=now)
        assert row is not None, "there is a row for every chat"
        known = self._known(row) if row["chats_channel"] is not None else None
        return known, standing_of(row)

    def _known(self, row: Row) -> Chat:
        if row["keys_person"] is not None:
            self._vault.learn(_part(row, keys))
        if row["citizens_id"] is not None and row["citizens_id"] not in self._kept.citizens:
            person = _part(row, citizens)
            self._kept.citizens[person["id"]] = CITIZEN.of_row(person, self._vault, person["id"], person["id"])
        return self._chat(_part(row, chats))

    def save(self, chat: Chat) -> None:
        self._kept.forget_chats()
        self._put(chats, CHAT.to_row(chat, self._vault), ("channel", "chat"))

    def of_citizen(self, citizen: CitizenId) -> tuple[Chat, ...]:
        """The one used last first."""
        return self._of("citizen", citizen)

    def of_officer(self, officer: OfficerId) -> tuple[Chat, ...]:
        """The one used last first."""
        return self._of("officer", officer)

    def of_agency(self, agency: AgencyId | str) -> tuple[Chat, ...]:
        """Groups bound to an agency."""
        return self._of("agency", agency)

    def spend(self, channel: str, chat: str, messages: int) -> None:
        """So many messages of the platform's window are used up."""
        self._kept.forget_chats()
        mine = (chats.c.channel == channel, chats.c.chat == chat, chats.c.free_left.is_not(None))
        left = case((chats.c.free_left > messages, chats.c.free_left - messages), else_=0)
        self._connection.execute(update(chats).where(*mine).values(free_left=left))

    def move(self, channel: str, chat: str, to: str) -> None:
        """A platform gave a chat another id: everything that is bound to it or waits for it follows."""
        left, arrived = self.get(channel, chat), self.get(channel, to)
        if left is not None:
            known = arrived or replace(left, chat=to)
            self.drop(channel, chat)
            self.save(
                replace(
                    known,
                    citizen=known.citizen or left.citizen,
                    officer=known.officer or left.officer,
                    agency=known.agency or left.agency,
                )
            )
        if arrived is None:
            self._rename(sessions, channel, chat, to)
        self._rename(outbox, channel, chat, to)
        self._rename(files, channel, chat, to)

    def drop(self, channel: str, chat: str) -> None:
        self._kept.forget_chats()
        self._connection.execute(chats.delete().where(chats.c.channel == channel, chats.c.chat == chat))

    def _rename(self, table: Table, channel: str, chat: str, to: str) -> None:
        mine = (table.c.channel == channel, table.c.chat == chat)
        self._connection.execute(update(table).where(*mine).values(chat=to))

    def _of(self, whose: str, who: str) -> tuple[Chat, ...]:
        if (whose, who) not in self._kept.chats:
            self._read(whose, [who])
        return self._kept.chats[whose, who]

    def expect(self, officers: Collection[OfficerId] = (), citizens: Collection[CitizenId] = ()) -> None:
        """The chats of these will be asked for: they are read at once."""
        self._read("officer", officers)
        self._read("citizen", citizens)

    def _read(self, whose: str, of: Collection[str]) -> None:
        unknown = [who for who in of if (whose, who) not in self._kept.chats]
        found: dict[str, list[Chat]] = {who: [] for who in unknown}
        for row in self._rows(_CHATS_OF[whose], who=unknown) if unknown else ():
            found[row[whose]].append(self._chat(row))
        self._kept.chats.update(((whose, who), tuple(theirs)) for who, theirs in found.items())

    def _chat(self, row: Row) -> Chat:
        return CHAT.of_row(row, self._vault, None, "")
