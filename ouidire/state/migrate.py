"""Migrations of the state, by Alembic, which is loaded only for a database that is not at the head."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from ouidire.errors import StateError

HEAD = "0013"


def stamped(connection: Connection) -> str | None:
    """Return the database's revision; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def upgrade(engine: Engine, current: str | None) -> None:
    """Run every migration between `current` and the head, in one transaction.

    Raises StateError when the database has a revision that this version does not know.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        if current is not None:
            ScriptDirectory.from_config(config).get_revision(current)
    except CommandError as error:
        raise StateError(
            f"the state database has version {current}, newer than this Ouï-dire: install the newer one"
        ) from error
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
