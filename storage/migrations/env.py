"""Runs migrations on the connection that `storage.migrations.migrate` opened."""

from __future__ import annotations

from alembic import context

from storage.failpoints import reach
from storage.tables import metadata

# The caller's transaction holds all steps: either all of them happened, or none.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
    on_version_apply=lambda **_: reach("migration.after_step"),
)
context.run_migrations()
