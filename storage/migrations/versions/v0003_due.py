"""Since when a message could have gone: what is late is seen, however often it was put off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("due_at", Instant(), nullable=True))
    op.execute("UPDATE outbox SET due_at = coalesce(not_before, created_at)")
    op.create_index(
        "outbox_due",
        "outbox",
        ["channel", "due_at", "rank"],
        sqlite_where=sa.text("waiting = 1"),
        postgresql_where=sa.text("waiting"),
    )
