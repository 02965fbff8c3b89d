"""What was sent to a chat lies in the order of sending: the last message is found there, not sorted out of all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

IS_SENT = sa.text("sent_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("outbox_of_chat", "outbox")
    columns = ["channel", "chat", "sent_at", "id"]
    op.create_index("outbox_of_chat", "outbox", columns, sqlite_where=IS_SENT, postgresql_where=IS_SENT)
