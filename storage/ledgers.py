"""The service's own books: consents, bans, requests, configurations, audit, opaque buttons, links, tokens."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, text, update

from storage.events import chain_hash
from storage.mapper import Mapper
from storage.records import AuditLine, Ban, CitizenId, ConfigVersion, DataRequest
from storage.shelf import Row, Shelf
from storage.tables import audit, bans, configs, consents, links, meta, presses, requests, tokens

BAN = Mapper(
    Ban, bans, lambda b: f"{b.citizen}:{b.from_at.timestamp()}", lambda b: b.citizen, sealed=("reason", "appeal")
)
REQUEST = Mapper(DataRequest, requests, lambda r: str(r.number), lambda _r: None)
CONFIG = Mapper(ConfigVersion, configs, lambda c: str(c.number), lambda _c: None)
AUDIT = Mapper(AuditLine, audit, lambda a: str(a.number), lambda _a: None)


AUDIT_LOCK = 0x61756469
"""Number of the advisory lock of PostgreSQL under which audit lines are appended."""
TOKENS_LOCK = AUDIT_LOCK + 1
"""The same for the platforms' tokens."""


class Consents(Shelf):
    """Who agreed to what, when: provable."""

    def add(self, citizen: CitizenId, version: str, at: datetime) -> None:
        self._connection.execute(consents.insert().values(citizen=citizen, version=version, given_at=at))

    def withdraw(self, citizen: CitizenId, at: datetime) -> None:
        mine = (consents.c.citizen == citizen, consents.c.withdrawn_at.is_(None))
        self._connection.execute(update(consents).where(*mine).values(withdrawn_at=at))

    def of(self, citizen: CitizenId) -> tuple[tuple[str, datetime, datetime | None], ...]:
        """Version, given, withdrawn; in order."""
        rows = self._rows(select(consents).where(consents.c.citizen == citizen).order_by(consents.c.id))
        return tuple((r["version"], r["given_at"], r["withdrawn_at"]) for r in rows)


_STANDING = (bans.c.lifted_at.is_(None), bans.c.ended_at.is_(None))
_IN_FORCE = (
    select(bans)
    .where(bans.c.citizen == bindparam("citizen"), bans.c.lifted_at.is_(None), bans.c.until_at > bindparam("now"))
    .order_by(bans.c.until_at.desc())
    .limit(1)
)


class Bans(Shelf):
    """Who may not file for a while, and why."""

    def add(self, ban: Ban) -> None:
        self._connection.execute(bans.insert(), BAN.to_row(ban, self._vault))

    def save(self, ban: Ban) -> None:
        mine = (bans.c.citizen == ban.citizen, bans.c.from_at == ban.from_at)
        self._connection.execute(update(bans).where(*mine), BAN.to_row(ban, self._vault))

    def active(self, citizen: CitizenId, now: datetime) -> Ban | None:
        row = self._row(_IN_FORCE, citizen=citizen, now=now)
        return self._ban(row) if row is not None else None

    def of(self, citizen: CitizenId) -> tuple[Ban, ...]:
        """All bans of a person, in order."""
        query = select(bans).where(bans.c.citizen == citizen).order_by(bans.c.from_at, bans.c.id)
        return tuple(self._ban(row) for row in self._rows(query))

    def standing(self, now: datetime, limit: int) -> tuple[Ban, ...]:
        """Bans in force, the first to end first."""
        query = select(bans).where(*_STANDING, bans.c.until_at > now)
        return tuple(self._ban(row) for row in self._rows(query.order_by(bans.c.until_at, bans.c.id).limit(limit)))

    def run_out(self, now: datetime, limit: int) -> tuple[Ban, ...]:
        """Bans that are over and whose person has not been told so."""
        query = select(bans).where(*_STANDING, bans.c.until_at <= now)
        found = self._rows(self._locked(query.order_by(bans.c.until_at, bans.c.id).limit(limit), skip=True))
        return tuple(self._ban(row) for row in found)

    def _ban(self, row: Row) -> Ban:
        return BAN.of_row(row, self._vault, row["citizen"], f"{row['citizen']}:{row['from_at'].timestamp()}")


class Requests(Shelf):
    """Requests about one's own data and their statutory clocks."""

    def add(self, citizen: CitizenId, kind: str, **times: datetime | None) -> int:
        """Its number."""
        done = self._connection.execute(requests.insert().values(citizen=citizen, kind=kind, **times))
        return int(done.inserted_primary_key[0])  # type: ignore[index]  # one row was inserted

    def save(self, request: DataRequest) -> None:
        row = REQUEST.to_row(request, self._vault)
        self._connection.execute(update(requests).where(requests.c.number == request.number), row)

    def of(self, citizen: CitizenId) -> tuple[DataRequest, ...]:
        rows = self._rows(select(requests).where(requests.c.citizen == citizen).order_by(requests.c.number))
        return tuple(REQUEST.of_row(row, self._vault, None, "") for row in rows)

    def open(self, limit: int = 100) -> tuple[DataRequest, ...]:
        query = select(requests).where(requests.c.finished_at.is_(None)).order_by(requests.c.finish_by).limit(limit)
        return tuple(REQUEST.of_row(row, self._vault, None, "") for row in self._rows(query))


class Configs(Shelf):
    """Every applied version of the configuration."""

    def add(self, version: ConfigVersion) -> None:
        """Becomes the active one."""
        self._connection.execute(update(configs).values(active=False))
        self._connection.execute(configs.insert(), CONFIG.to_row(version, self._vault))

    def active(self) -> ConfigVersion | None:
        row = self._row(select(configs).where(configs.c.active).limit(1))
        return CONFIG.of_row(row, self._vault, None, "") if row is not None else None

    def get(self, number: int) -> ConfigVersion | None:
        row = self._row(select(configs).where(configs.c.number == number))
        return CONFIG.of_row(row, self._vault, None, "") if row is not None else None

    def by_hash(self, version_hash: str) -> ConfigVersion | None:
        """The newest version with this content."""
        query = select(configs).where(configs.c.hash == version_hash).order_by(configs.c.number.desc()).limit(1)
        row = self._row(query)
        return CONFIG.of_row(row, self._vault, None, "") if row is not None else None

    def history(self, limit: int = 50) -> tuple[ConfigVersion, ...]:
        query = select(configs).order_by(configs.c.number.desc()).limit(limit)
        return tuple(CONFIG.of_row(row, self._vault, None, "") for row in self._rows(query))


def audit_bytes(by: str, what: str, at: datetime, facts: dict[str, Any]) -> bytes:
    """The bytes of an audit line that are hashed."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps([by, what, moment, facts], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Audit(Shelf):
    """Security-relevant acts and refusals: append-only, one chain of hashes."""

    def add(self, by: str, what: str, at: datetime, facts: dict[str, Any]) -> None:
        """Appends; writers wait for one another, as each line holds the hash of the line before."""
        if self._is_postgres:
            self._connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": AUDIT_LOCK})
        last = self._row(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1))
        number, prev = (last["number"], last["hash"]) if last is not None else (0, "")
        by = by[:120]
        line = {"number": number + 1, "by": by, "what": what, "at": at, "facts": facts, "prev": prev}
        digest = chain_hash(prev, audit_bytes(by, what, at, facts))
        self._connection.execute(audit.insert().values(**line, hash=digest))

    def list(self, limit: int = 100) -> tuple[AuditLine, ...]:
        """Newest first."""
        query = select(audit).order_by(audit.c.number.desc()).limit(limit)
        return tuple(AUDIT.of_row(row, self._vault, None, "") for row in self._rows(query))


class Presses(Shelf):
    """Short opaque names for staff buttons: what they mean stays on the server."""

    def add(self, token: str, owner: str, what: dict[str, Any], expires_at: datetime) -> None:
        self._put(presses, {"token": token, "owner": owner, "what": what, "expires_at": expires_at}, ("token",))

    def forget(self, before: datetime) -> int:
        """Removes what expired."""
        return self._connection.execute(presses.delete().where(presses.c.expires_at < before)).rowcount

    def get(self, token: str, owner: str, now: datetime) -> dict[str, Any] | None:
        """What a button means; None when it is unknown, expired or somebody else's."""
        row = self._row(
            select(presses).where(presses.c.token == token, presses.c.owner == owner, presses.c.expires_at > now)
        )
        return dict(row["what"]) if row is not None else None


class Links(Shelf):
    """What opens something for a while, by the hash of its secret: answer links, pairing codes, devices, threads."""

    def add(self, hash_: str, kind: str, case: str, owner: str, expires_at: datetime) -> None:
        self._put(
            links,
            {"hash": hash_, "kind": kind, "case_id": case, "owner": owner, "expires_at": expires_at, "used_at": None},
            ("hash",),
        )

    def get(self, hash_: str, kind: str, now: datetime) -> tuple[str, str] | None:
        """Case and owner of a link that is still good."""
        row = self._row(select(links).where(*_is_good(hash_, kind, now)))
        return (row["case_id"], row["owner"]) if row is not None else None

    def take(self, hash_: str, kind: str, now: datetime) -> tuple[str, str] | None:
        """The same, and uses it up: of several who take it at once one gets it."""
        used = update(links).where(*_is_good(hash_, kind, now)).values(used_at=now)
        row = self._connection.execute(used.returning(links.c.case_id, links.c.owner)).first()
        return (row.case_id, row.owner) if row is not None else None


def _is_good(hash_: str, kind: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return links.c.hash == hash_, links.c.kind == kind, links.c.used_at.is_(None), links.c.expires_at > now


class Meta(Shelf):
    """Single facts about this database."""

    def get(self, key: str) -> str | None:
        return self._connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()

    def set(self, key: str, value: str) -> None:
        self._put(meta, {"key": key, "value": value}, ("key",))


class Tokens(Shelf):
    """Platforms' tokens, sealed with the service's key; locked while one refreshes them."""

    def get(self, name: str) -> tuple[dict[str, Any], datetime | None] | None:
        """The value and when it ends; until COMMIT nobody else reads it. None before the first one is stored."""
        if self._is_postgres:
            # A row that is not there yet cannot be locked, and two processes would both begin the first renewal.
            self._connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": TOKENS_LOCK})
        row = self._row(self._locked(select(tokens).where(tokens.c.name == name)))
        if row is None:
            return None
        opened = self._vault.open(None, f"tokens:{name}", row["sealed"])
        return (json.loads(opened) if opened else {}), row["expires_at"]

    def set(self, name: str, value: dict[str, Any], expires_at: datetime | None) -> None:
        sealed = self._vault.seal(None, f"tokens:{name}", json.dumps(value))
        self._put(tokens, {"name": name, "expires_at": expires_at, "sealed": sealed}, ("name",))
