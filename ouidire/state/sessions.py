"""Sessions of the web pages that were ended before their time, by logging out.

A session itself is a signed cookie and stored nowhere; only what must not be accepted any more is kept, until
it would have ended by itself.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from ouidire.state.databases import upsert
from ouidire.state.tables import ended_sessions


def end_session(connection: Connection, session_id: str, *, until: datetime, now: datetime) -> None:
    """Refuse a session from now on; forget those that have ended by themselves meanwhile."""
    connection.execute(delete(ended_sessions).where(ended_sessions.c.until <= now))
    connection.execute(upsert(connection, ended_sessions, ["id"]), [{"id": session_id, "until": until}])


def has_ended(connection: Connection, session_id: str) -> bool:
    """Return whether a session was ended by `end_session`."""
    found = connection.execute(select(ended_sessions.c.id).where(ended_sessions.c.id == session_id))
    return found.first() is not None
