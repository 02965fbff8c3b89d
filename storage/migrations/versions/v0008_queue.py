"""Each question about what waits has one index that begins as it does, however few rows a planner believes to wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    for name, columns in (("outbox_chat_waiting", ["chat", "id"]), ("outbox_due", ["due_at", "channel", "rank"])):
        op.drop_index(name, "outbox")
        op.create_index(
            name, "outbox", columns, sqlite_where=sa.text("waiting = 1"), postgresql_where=sa.text("waiting")
        )
