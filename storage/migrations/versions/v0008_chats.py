"""What waits in one chat is looked up by the chat alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.drop_index("outbox_chat_waiting", "outbox")
    op.create_index(
        "outbox_chat_waiting",
        "outbox",
        ["chat", "id"],
        sqlite_where=sa.text("waiting = 1"),
        postgresql_where=sa.text("waiting"),
    )
