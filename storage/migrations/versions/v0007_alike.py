"""The latest pictures, for finding one that looks alike, come from an index; no picture is looked up by its hash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

HAS_HASH = sa.text("phash IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_files_phash", "files")
    op.create_index("files_alike", "files", ["created_at"], sqlite_where=HAS_HASH, postgresql_where=HAS_HASH)
