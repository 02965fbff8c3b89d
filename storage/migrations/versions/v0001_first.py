"""The first schema; events and audit lines can only be added."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.sealed import Sealed
from storage.types import Day, Instant, Plain

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("facts", Plain(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "bans",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("citizen", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_bans_citizen"), "bans", ["citizen"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("citizen", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("filed_at", Instant(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sub", sa.String(length=60), nullable=True),
        sa.Column("agency", sa.String(length=60), nullable=True),
        sa.Column("executor", sa.String(length=60), nullable=True),
        sa.Column("parent", sa.String(length=60), nullable=True),
        sa.Column("co_handling", Plain(), nullable=False),
        sa.Column("officer", sa.String(length=40), nullable=True),
        sa.Column("ward_code", sa.String(length=8), nullable=True),
        sa.Column("cell", sa.String(length=20), nullable=True),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("about_official", sa.Boolean(), nullable=False),
        sa.Column("flags", Plain(), nullable=False),
        sa.Column("insisted", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("because", Plain(), nullable=False),
        sa.Column("config_version", sa.String(length=80), nullable=False),
        sa.Column("handle_hours", sa.Float(), nullable=True),
        sa.Column("accept_hours", sa.Float(), nullable=True),
        sa.Column("clock", sa.String(length=12), nullable=True),
        sa.Column("clock_started_at", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("paused_hours", sa.Float(), nullable=True),
        sa.Column("remind_at", Instant(), nullable=True),
        sa.Column("ladder", sa.Integer(), nullable=False),
        sa.Column("promised_at", Instant(), nullable=True),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("may_transfer", sa.Boolean(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("supporters", sa.Integer(), nullable=False),
        sa.Column("reject_reason", sa.String(length=60), nullable=True),
        sa.Column("main_case", sa.String(length=40), nullable=True),
        sa.Column("linked_case", sa.String(length=40), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("cases_by_status", "cases", ["status", "urgent", "due_at"], unique=False)
    op.create_index(
        "cases_due",
        "cases",
        ["remind_at"],
        unique=False,
        sqlite_where=sa.text("remind_at IS NOT NULL"),
        postgresql_where=sa.text("remind_at IS NOT NULL"),
    )
    op.create_index("cases_filed", "cases", ["filed_at", "id"], unique=False)
    op.create_index("cases_near", "cases", ["cell", "category", "filed_at"], unique=False)
    op.create_index("cases_of_citizen", "cases", ["citizen", "filed_at"], unique=False)
    op.create_index("cases_of_officer", "cases", ["officer", "status", "urgent", "due_at"], unique=False)
    op.create_index("cases_of_ward", "cases", ["ward_code", "category", "filed_at"], unique=False)
    op.create_index("cases_queue", "cases", ["agency", "status", "urgent", "due_at"], unique=False)
    op.create_table(
        "chats",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=80), nullable=False),
        sa.Column("citizen", sa.String(length=40), nullable=True),
        sa.Column("officer", sa.String(length=40), nullable=True),
        sa.Column("agency", sa.String(length=60), nullable=True),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.Column("last_heard_at", Instant(), nullable=True),
        sa.Column("free_left", sa.Integer(), nullable=True),
        sa.Column("window_ends_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "chat"),
    )
    op.create_index(op.f("ix_chats_agency"), "chats", ["agency"], unique=False)
    op.create_index(op.f("ix_chats_citizen"), "chats", ["citizen"], unique=False)
    op.create_index(op.f("ix_chats_officer"), "chats", ["officer"], unique=False)
    op.create_table(
        "citizens",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("home_ward", sa.String(length=8), nullable=True),
        sa.Column("business", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.String(length=20), nullable=True),
        sa.Column("consent_at", Instant(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("muted", Plain(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.Column("phone_blind", sa.String(length=64), nullable=True),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_citizens_phone_blind"), "citizens", ["phone_blind"], unique=False)
    op.create_table(
        "configs",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=60), nullable=False),
        sa.Column("applied_at", Instant(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "consents",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("citizen", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_consents_citizen"), "consents", ["citizen"], unique=False)
    op.create_table(
        "difficulties",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=60), nullable=False),
        sa.Column("needed_from", sa.Text(), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "number"),
    )
    op.create_index(
        "difficulties_open",
        "difficulties",
        ["since_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "events",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("was", sa.String(length=20), nullable=True),
        sa.Column("now", sa.String(length=20), nullable=False),
        sa.Column("facts", Plain(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "seq"),
    )
    op.create_index("events_at", "events", ["at"], unique=False)
    op.create_table(
        "examples",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("was", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_examples_case_id"), "examples", ["case_id"], unique=False)
    op.create_table(
        "files",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=80), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("phash", sa.String(length=16), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=True),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("forwarded", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", Instant(), nullable=True),
        sa.Column("refused", sa.String(length=40), nullable=True),
        sa.Column("mime", sa.String(length=80), nullable=True),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "files_waiting",
        "files",
        ["retry_at"],
        unique=False,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(op.f("ix_files_case_id"), "files", ["case_id"], unique=False)
    op.create_index(op.f("ix_files_person"), "files", ["person"], unique=False)
    op.create_index(op.f("ix_files_phash"), "files", ["phash"], unique=False)
    op.create_index(op.f("ix_files_sha256"), "files", ["sha256"], unique=False)
    op.create_table(
        "followers",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("citizen", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "citizen"),
    )
    op.create_index("followers_of_citizen", "followers", ["citizen"], unique=False)
    op.create_table(
        "inputs",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat", "key"),
    )
    op.create_index(op.f("ix_inputs_at"), "inputs", ["at"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("used_by", sa.String(length=40), nullable=True),
        sa.Column("used_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "keys",
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("master", sa.String(length=16), nullable=True),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "links",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "notes",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "number"),
    )
    op.create_table(
        "officers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("out_until", Instant(), nullable=True),
        sa.Column("cover", sa.String(length=40), nullable=True),
        sa.Column("pin_hash", sa.String(length=200), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_officers_agency"), "officers", ["agency"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=80), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=True),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("slot", sa.String(length=60), nullable=True),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=True),
        sa.Column("event", sa.Integer(), nullable=True),
        sa.Column("dedupe", sa.String(length=200), nullable=True),
        sa.Column("not_before", Instant(), nullable=True),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("dead_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("parked", sa.String(length=40), nullable=True),
        sa.Column("message_ref", sa.String(length=80), nullable=True),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe"),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_by_ref", "outbox", ["channel", "chat", "message_ref"], unique=False)
    op.create_index(
        "outbox_chat_waiting",
        "outbox",
        ["channel", "chat", "id"],
        unique=False,
        sqlite_where=sa.text("waiting = 1"),
        postgresql_where=sa.text("waiting"),
    )
    op.create_index(
        "outbox_dead",
        "outbox",
        ["dead_at"],
        unique=False,
        sqlite_where=sa.text("dead_at IS NOT NULL"),
        postgresql_where=sa.text("dead_at IS NOT NULL"),
    )
    op.create_index("outbox_of_case", "outbox", ["case_id", "event"], unique=False)
    op.create_index(
        "outbox_of_chat",
        "outbox",
        ["channel", "chat", "id"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NOT NULL"),
        postgresql_where=sa.text("sent_at IS NOT NULL"),
    )
    op.create_index(
        "outbox_of_person",
        "outbox",
        ["person"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_index(
        "outbox_parked",
        "outbox",
        ["channel", "chat"],
        unique=False,
        sqlite_where=sa.text("parked IS NOT NULL"),
        postgresql_where=sa.text("parked IS NOT NULL"),
    )
    op.create_index(
        "outbox_waiting",
        "outbox",
        ["channel", "rank", "id", "not_before", "claimed_until"],
        unique=False,
        sqlite_where=sa.text("waiting = 1"),
        postgresql_where=sa.text("waiting"),
    )
    op.create_table(
        "presses",
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("what", Plain(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index(op.f("ix_presses_expires_at"), "presses", ["expires_at"], unique=False)
    op.create_table(
        "promises",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", Day(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("kept_at", Instant(), nullable=True),
        sa.Column("missed_at", Instant(), nullable=True),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "number"),
    )
    op.create_index(
        "promises_due",
        "promises",
        ["due_on"],
        unique=False,
        sqlite_where=sa.text("kept_at IS NULL AND missed_at IS NULL"),
        postgresql_where=sa.text("kept_at IS NULL AND missed_at IS NULL"),
    )
    op.create_table(
        "questions",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "number"),
    )
    op.create_table(
        "rates",
        sa.Column("person", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person", "kind", "window"),
    )
    op.create_table(
        "ratings",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("rated_at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("review_started_at", Instant(), nullable=True),
        sa.Column("reviewer", sa.String(length=40), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("reviewed_at", Instant(), nullable=True),
        sa.Column("remedy", sa.String(length=20), nullable=True),
        sa.Column("remedy_due_at", Instant(), nullable=True),
        sa.Column("remedied_at", Instant(), nullable=True),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "round"),
    )
    op.create_index(
        "ratings_remedy",
        "ratings",
        ["remedy_due_at"],
        unique=False,
        sqlite_where=sa.text("remedy_due_at IS NOT NULL"),
        postgresql_where=sa.text("remedy_due_at IS NOT NULL"),
    )
    op.create_index(
        "ratings_unreviewed",
        "ratings",
        ["rated_at"],
        unique=False,
        sqlite_where=sa.text("reviewed_at IS NULL"),
        postgresql_where=sa.text("reviewed_at IS NULL"),
    )
    op.create_table(
        "requests",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("citizen", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("acknowledge_by", Instant(), nullable=False),
        sa.Column("finish_by", Instant(), nullable=False),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_requests_citizen"), "requests", ["citizen"], unique=False)
    op.create_index(
        "requests_open",
        "requests",
        ["finish_by"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "sessions",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=80), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("nudge_at", Instant(), nullable=True),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "chat"),
    )
    op.create_index(op.f("ix_sessions_person"), "sessions", ["person"], unique=False)
    op.create_index(
        "sessions_nudge",
        "sessions",
        ["nudge_at"],
        unique=False,
        sqlite_where=sa.text("nudge_at IS NOT NULL"),
        postgresql_where=sa.text("nudge_at IS NOT NULL"),
    )
    op.create_table(
        "tokens",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "updates",
        sa.Column("bot", sa.String(length=40), nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("dead_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sealed", Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("bot", "update_id"),
    )

    for table in ("events", "audit"):
        _only_grows(table)


def _only_grows(table: str) -> None:
    """Whoever may write to the database can add rows to this table, and neither change nor remove any."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} can only be added to'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_only_grow() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} can only be added to'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grow()"
    )
