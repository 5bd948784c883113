"""Migrations of the state, by Alembic, which is loaded only for a database that is not at the head."""

import re
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from ouidire.errors import StateError
from ouidire.state.databases import check_server

HEAD = "0014"
NAMED = 3
"""Tables of something else that an error names."""
_OURS = re.compile(r"\d{4}")


def stamped(connection: Connection) -> str | None:
    """Return the database's revision; None for an empty one. Raises StateError for one of something else."""
    found = inspect(connection)
    revision: str | None = None
    if found.has_table("alembic_version"):
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision is None:
        others = sorted(set(found.get_table_names()) - {"alembic_version"})
    else:
        others = [] if _OURS.fullmatch(revision) else [f"alembic_version {revision}"]
    if others:
        more = " …" if len(others) > NAMED else ""
        raise StateError(
            f"the state database holds something else already ({', '.join(others[:NAMED])}{more}): "
            "state.url must lead to an empty database, or to a state"
        )
    return revision


def upgrade(engine: Engine, current: str | None) -> None:
    """Run every migration between `current` and the head, in one transaction (see `upgrade_in`)."""
    with engine.begin() as connection:
        upgrade_in(connection, current)


def upgrade_in(connection: Connection, current: str | None, *, to: str = "head") -> None:
    """Run every migration between `current` and a revision, in the connection's transaction.

    Of two that do so at once the second waits, then finds nothing to do. Raises StateError when the database
    has a revision that this version does not know, or its server cannot hold a state.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        for each in (current, to):
            if each is not None:
                ScriptDirectory.from_config(config).get_revision(each)
    except CommandError as error:
        raise StateError(
            f"the state database has version {current or to}, newer than this Ouï-dire: install the newer one"
        ) from error
    check_server(connection)
    config.attributes["connection"] = connection
    command.upgrade(config, to)
