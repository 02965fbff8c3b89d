"""Every table: plain columns that may be searched, and one sealed column a row for what is personal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from storage.sealed import Sealed
from storage.types import Day, Instant, Plain

metadata = MetaData()

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""A counted key: SQLite counts only plain INTEGER."""

ID = String(40)


def _where(condition: str, postgres: str = "") -> dict[str, Any]:
    """The condition of a partial index, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(postgres or condition)}


keys = Table(
    "keys",
    metadata,
    Column("person", ID, primary_key=True),
    Column("master", String(16)),
    Column("wrapped", LargeBinary),
    Column("destroyed_at", Instant),
)

cases = Table(
    "cases",
    metadata,
    Column("id", ID, primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("citizen", ID, nullable=False),
    Column("status", String(20), nullable=False),
    Column("category", String(40), nullable=False),
    Column("urgency", String(16), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("filed_at", Instant, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("round", Integer, nullable=False),
    Column("sub", String(60)),
    Column("agency", String(60)),
    Column("executor", String(60)),
    Column("parent", String(60)),
    Column("co_handling", Plain, nullable=False),
    Column("officer", ID),
    Column("ward_code", String(8)),
    Column("cell", String(20)),
    Column("masked", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("about_official", Boolean, nullable=False),
    Column("flags", Plain, nullable=False),
    Column("insisted", Boolean, nullable=False),
    Column("rule", String(80), nullable=False),
    Column("because", Plain, nullable=False),
    Column("config_version", String(80), nullable=False),
    Column("handle_hours", Float),
    Column("accept_hours", Float),
    Column("clock", String(12)),
    Column("clock_started_at", Instant),
    Column("due_at", Instant),
    Column("paused_hours", Float),
    Column("remind_at", Instant),
    Column("ladder", Integer, nullable=False),
    Column("promised_at", Instant),
    Column("transfers", Integer, nullable=False),
    Column("may_transfer", Boolean, nullable=False),
    Column("questions", Integer, nullable=False),
    Column("extensions", Integer, nullable=False),
    Column("supporters", Integer, nullable=False),
    Column("reject_reason", String(60)),
    Column("main_case", ID),
    Column("linked_case", ID),
    Column("seq", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    Column("sealed", Sealed),
    Index(
        "cases_due",
        "remind_at",
        **_where("remind_at IS NOT NULL"),
    ),
    Index("cases_of_citizen", "citizen", "filed_at"),
    Index("cases_queue", "agency", "status", "urgent", "due_at", "id"),
    Index("cases_by_status", "status", "urgent", "due_at", "id"),
    Index("cases_near", "cell", "category", "filed_at"),
    Index("cases_of_ward", "ward_code", "category", "filed_at"),
    Index("cases_of_officer", "officer", "status", "urgent", "due_at", "id"),
    Index("cases_filed", "filed_at", "id"),
)

events = Table(
    "events",
    metadata,
    Column("case_id", ID, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String(60), nullable=False),
    Column("was", String(20)),
    Column("now", String(20), nullable=False),
    Column("facts", Plain, nullable=False),
    Column("undoes", Integer),
    Column("canonical", LargeBinary, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("sealed", Sealed),
    Index("events_at", "at"),
    Index("events_kind", "kind", "at"),
)

citizens = Table(
    "citizens",
    metadata,
    Column("id", ID, primary_key=True),
    Column("created_at", Instant, nullable=False),
    Column("home_ward", String(8)),
    Column("consent", String(20)),
    Column("consent_at", Instant),
    Column("language", String(5), nullable=False),
    Column("muted", Plain, nullable=False),
    Column("erased_at", Instant),
    Column("phone_blind", String(64), index=True),
    Column("sealed", Sealed),
)

officers = Table(
    "officers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("agency", String(60), nullable=False, index=True),
    Column("role", String(12), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("revoked_at", Instant),
    Column("out_until", Instant),
    Column("cover", ID),
    Column("pin_hash", String(200)),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Instant),
    Column("language", String(5), nullable=False),
    Column("sealed", Sealed),
)

invitations = Table(
    "invitations",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("agency", String(60), nullable=False),
    Column("role", String(12), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("by", String(60), nullable=False),
    Column("name", Text, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("used_at", Instant),
)

chats = Table(
    "chats",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("chat", String(80), primary_key=True),
    Column("citizen", ID, index=True),
    Column("officer", ID, index=True),
    Column("agency", String(60), index=True),
    Column("reachable", Boolean, nullable=False),
    Column("last_heard_at", Instant),
    Column("free_left", Integer),
    Column("window_ends_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("chat", String(80), primary_key=True),
    Column("person", ID, nullable=False, index=True),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("nudge_at", Instant),
    Column("sealed", Sealed),
    Index(
        "sessions_nudge",
        "nudge_at",
        **_where("nudge_at IS NOT NULL"),
    ),
)

inputs = Table(
    "inputs",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("chat", String(80), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("channel", String(20), nullable=False),
    Column("chat", String(80), nullable=False),
    Column("person", ID),
    Column("key", String(60), nullable=False),
    Column("slot", String(60)),
    Column("priority", String(10), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("case_id", ID),
    Column("event", Integer),
    Column("dedupe", String(200), unique=True),
    Column("not_before", Instant),
    Column("due_at", Instant),
    Column("claimed_until", Instant),
    Column("tries", Integer, nullable=False),
    Column("waiting", Boolean, nullable=False),
    Column("sent_at", Instant),
    Column("dead_at", Instant),
    Column("error", Text),
    Column("parked", String(40)),
    Column("message_ref", String(80)),
    Column("sealed", Sealed),
    # SQLite writes a truth as 1, and uses a partial index only for a condition written just like its own.
    Index(
        "outbox_waiting",
        "channel",
        "rank",
        "id",
        "not_before",
        "claimed_until",
        **_where("waiting = 1", postgres="waiting"),
    ),
    Index("outbox_due", "due_at", "channel", "rank", **_where("waiting = 1", postgres="waiting")),
    Index("outbox_chat_waiting", "chat", "id", **_where("waiting = 1", postgres="waiting")),
    Index("outbox_parked", "channel", "chat", **_where("parked IS NOT NULL")),
    Index("outbox_dead", "dead_at", **_where("dead_at IS NOT NULL")),
    Index("outbox_of_person", "person", **_where("sent_at IS NULL")),
    Index("outbox_of_chat", "channel", "chat", "sent_at", "id", **_where("sent_at IS NOT NULL")),
    Index("outbox_of_case", "case_id", "event"),
    Index("outbox_by_ref", "channel", "chat", "message_ref"),
    sqlite_autoincrement=True,  # a number is never used again: a late `mark_sent` must not hit another message
)

files = Table(
    "files",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("purpose", String(10), nullable=False),
    Column("person", ID, nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("chat", String(80), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("status", String(10), nullable=False),
    Column("case_id", ID, index=True),
    Column("round", Integer, nullable=False),
    Column("sha256", String(64), index=True),
    Column("phash", String(16)),
    Column("width", Integer),
    Column("height", Integer),
    Column("bytes", Integer),
    Column("taken_at", Instant),
    Column("forwarded", Boolean, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("retry_at", Instant),
    Column("refused", String(40)),
    Column("mime", String(80)),
    Column("sealed", Sealed),
    Index(
        "files_waiting",
        "retry_at",
        **_where("status = 'waiting'"),
    ),
    Index("files_alike", "created_at", **_where("phash IS NOT NULL")),
)

ratings = Table(
    "ratings",
    metadata,
    Column("case_id", ID, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("level", Integer, nullable=False),
    Column("rated_at", Instant, nullable=False),
    Column("reason", String(40)),
    Column("review_started_at", Instant),
    Column("reviewer", ID),
    Column("upheld", Boolean),
    Column("reviewed_at", Instant),
    Column("remedy", String(20)),
    Column("remedy_due_at", Instant),
    Column("remedied_at", Instant),
    Column("sealed", Sealed),
    Index("ratings_remedy", "remedy_due_at", **_where("remedy_due_at IS NOT NULL")),
)


def _numbered(name: str, *columns: Column[Any] | Index) -> Table:
    """A table of a case's numbered remarks."""
    return Table(
        name,
        metadata,
        Column("case_id", ID, primary_key=True),
        Column("number", Integer, primary_key=True),
        *columns,
        Column("sealed", Sealed),
    )


questions = _numbered(
    "questions",
    Column("asked_at", Instant, nullable=False),
    Column("by", ID, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("answered_at", Instant),
)
promises = _numbered(
    "promises",
    Column("due_on", Day, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("by", ID, nullable=False),
    Column("kept_at", Instant),
    Column("missed_at", Instant),
    Index("promises_due", "due_on", **_where("kept_at IS NULL AND missed_at IS NULL")),
)
difficulties = _numbered(
    "difficulties",
    Column("stage", String(20), nullable=False),
    Column("cause", String(60), nullable=False),
    Column("needed_from", Text, nullable=False),
    Column("since_at", Instant, nullable=False),
    Column("by", ID, nullable=False),
    Column("ended_at", Instant),
    Index("difficulties_open", "since_at", **_where("ended_at IS NULL")),
)
notes = _numbered("notes", Column("at", Instant, nullable=False), Column("by", ID, nullable=False))

followers = Table(
    "followers",
    metadata,
    Column("case_id", ID, primary_key=True),
    Column("citizen", ID, primary_key=True),
    Column("number", Integer, nullable=False),
    Index("followers_of_citizen", "citizen"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("citizen", ID, nullable=False, index=True),
    Column("version", String(20), nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
)

examples = Table(
    "examples",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("case_id", ID, index=True),
    Column("text", Text, nullable=False),
    Column("category", String(40), nullable=False),
    Column("was", String(40), nullable=False),
    Column("source", String(12), nullable=False),
    Column("at", Instant, nullable=False),
)

bans = Table(
    "bans",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("citizen", ID, nullable=False, index=True),
    Column("by", ID, nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("lifted_at", Instant),
    Column("sealed", Sealed),
    Column("appealed_at", Instant),
    Column("judged_at", Instant),
    Column("ended_at", Instant),
    Index("ix_bans_standing", "until_at", **_where("lifted_at IS NULL AND ended_at IS NULL")),
)

requests = Table(
    "requests",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("citizen", ID, nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("acknowledge_by", Instant, nullable=False),
    Column("finish_by", Instant, nullable=False),
    Column("acknowledged_at", Instant),
    Column("finished_at", Instant),
    Index("requests_open", "finish_by", **_where("finished_at IS NULL")),
)

configs = Table(
    "configs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("hash", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("author", String(60), nullable=False),
    Column("applied_at", Instant, nullable=False),
    Column("active", Boolean, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", String(120), nullable=False),
    Column("what", String(60), nullable=False),
    Column("facts", Plain, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

presses = Table(
    "presses",
    metadata,
    Column("token", String(40), primary_key=True),
    Column("owner", String(120), nullable=False),
    Column("what", Plain, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

rates = Table(
    "rates",
    metadata,
    Column("person", String(120), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("window", Integer, primary_key=True),
    Column("count", Integer, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("case_id", ID, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("owner", String(120), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

updates = Table(
    "updates",
    metadata,
    Column("bot", String(40), primary_key=True),
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("tries", Integer, nullable=False),
    Column("dead_at", Instant),
    Column("error", Text),
    Column("sealed", Sealed),
)

meta = Table("meta", metadata, Column("key", String(60), primary_key=True), Column("value", Text, nullable=False))

tokens = Table(
    "tokens",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("expires_at", Instant),
    Column("sealed", Sealed),
)
