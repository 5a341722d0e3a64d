"""Each room's database has its own migration history; a room refuses to start on a database that is behind."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text

ENVIRONMENT = Path(__file__).parent.parent / "migrations"
#: Advisory lock under which migrations run: two that start together take turns.
LOCK = 731_946_221


class MigrationPending(RuntimeError):
    """The database is behind the code."""


def upgrade(engine: Engine, versions: Path, revision: str = "head") -> None:
    """Brings the database to `revision`."""
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        try:
            command.upgrade(_config(versions, connection), revision)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()


def pending(engine: Engine, versions: Path) -> list[str]:
    """Revisions that the code has and the database lacks, oldest first."""
    script = ScriptDirectory.from_config(_config(versions))
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    missing = [revision.revision for revision in script.iterate_revisions("heads", current or "base")]
    return list(reversed(missing))


def require_current(engine: Engine, versions: Path, room: str) -> None:
    """Raises MigrationPending, naming the command to run."""
    if missing := pending(engine, versions):
        raise MigrationPending(
            f"the database of {room} lacks {len(missing)} migration(s): {', '.join(missing)}. "
            f"Run: leadbus migrate {room}"
        )


def drift(engine: Engine, metadata: list[MetaData]) -> list[Any]:
    """Differences between the database and the tables that the code declares; empty when they agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, _: not (kind == "table" and name == "alembic_version"),
            },
        )
        return list(compare_metadata(context, metadata))  # type: ignore[arg-type]


def _config(versions: Path, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ENVIRONMENT))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config
