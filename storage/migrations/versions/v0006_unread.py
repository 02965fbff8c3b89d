"""What was written and never read is gone: the history says it, or nobody asks."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

UNREAD = {
    "cases": ("accepted_at", "resolved_at", "closed_at"),
    "citizens": ("business",),
    "invitations": ("used_by",),
}


def upgrade() -> None:
    op.drop_index("ratings_unreviewed", "ratings")
    for table, columns in UNREAD.items():
        for column in columns:
            op.drop_column(table, column)
