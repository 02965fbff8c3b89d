"""What became of an appeal against a ban, and whether its end was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Instant

revision = "0002"
down_revision = "0001"

STANDING = sa.text("lifted_at IS NULL AND ended_at IS NULL")


def upgrade() -> None:
    for name in ("appealed_at", "judged_at", "ended_at"):
        op.add_column("bans", sa.Column(name, Instant(), nullable=True))
    op.create_index("ix_bans_standing", "bans", ["until_at"], sqlite_where=STANDING, postgresql_where=STANDING)
