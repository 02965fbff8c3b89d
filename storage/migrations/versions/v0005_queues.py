"""Queues carry the id of a case: a page of thousands is sorted within the index."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

QUEUES = {
    "cases_queue": ["agency", "status", "urgent", "due_at"],
    "cases_by_status": ["status", "urgent", "due_at"],
    "cases_of_officer": ["officer", "status", "urgent", "due_at"],
}


def upgrade() -> None:
    for name, columns in QUEUES.items():
        op.drop_index(name, "cases")
        op.create_index(name, "cases", [*columns, "id"])
