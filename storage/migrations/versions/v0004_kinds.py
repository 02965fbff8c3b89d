"""Events by kind and time: figures of a period look at a few kinds of them only."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("events_kind", "events", ["kind", "at"])
