"""Schema versions, applied when a store is opened; a database of a newer version is refused."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from storage.failpoints import reach

FOLDER = Path(__file__).parent
LOCK = 0x6D696772
"""Number of the advisory lock of PostgreSQL under which one process migrates."""


class NewerDatabase(Exception):
    """The database was made by a newer version of this project."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"cơ sở dữ liệu thuộc phiên bản mới hơn ({revision}); hãy cập nhật phần mềm")


def migrate(engine: Engine) -> None:
    """Brings the schema to the newest version, all steps in one transaction. Raises NewerDatabase."""
    config, scripts = _scripts()
    with engine.connect() as connection, connection.begin():
        start_alone(connection)
        current = MigrationContext.configure(connection).get_current_revision()
        if current == scripts.get_current_head():
            return
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            raise NewerDatabase(current)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        reach("migration.before_commit")
    reach("migration.after_commit")


def start_alone(connection: Connection) -> None:
    """Until the transaction ends no other process that starts gets here; SQLite's BEGIN waits by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def head() -> str:
    """The newest version that is known here."""
    return str(_scripts()[1].get_current_head())


def _scripts() -> tuple[Config, ScriptDirectory]:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config, ScriptDirectory.from_config(config)
