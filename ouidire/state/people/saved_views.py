"""Views of the explorer that somebody kept under a name: each is its canonical query string."""

from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import Connection, delete, select

from ouidire.frozen import Frozen
from ouidire.ids import digest
from ouidire.state.databases import upsert
from ouidire.state.tables import saved_views

MOST = 200
"""Views listed: beyond them, some are no longer looked for."""


class SavedView(Frozen):
    """A view under a name; the id comes from the view, so that one view is kept once."""

    id: str
    name: str
    query: str
    by: str = ""
    at: AwareDatetime


def save_view(
    connection: Connection, name: str, query: str, *, by: str, at: datetime, apart: bool = False
) -> SavedView:
    """Keep a view under a name, replacing the name that it had; with `apart`, beside those of others."""
    parts = ("view", query, by) if apart else ("view", query)
    view = SavedView(id=digest(*parts, size=6), name=name, query=query, by=by, at=at)
    connection.execute(upsert(connection, saved_views, ["id"]), [view.model_dump()])
    return view


def list_views(connection: Connection) -> tuple[SavedView, ...]:
    """Return the views that are kept, by name."""
    query = select(saved_views).order_by(saved_views.c.name, saved_views.c.id).limit(MOST)
    return tuple(SavedView(**row) for row in connection.execute(query).mappings())


def load_view(connection: Connection, view_id: str) -> SavedView | None:
    """Return a view that is kept; None where there is none of this id."""
    row = connection.execute(select(saved_views).where(saved_views.c.id == view_id)).mappings().first()
    return None if row is None else SavedView(**row)


def delete_view(connection: Connection, view_id: str) -> None:
    """Keep a view no longer."""
    connection.execute(delete(saved_views).where(saved_views.c.id == view_id))
