"""All that people decided of mentions, together: what their documents in the index must show.

It brings the kinds of decision together for whoever writes documents; each kind has its own module beside.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from ouidire.frozen import Frozen
from ouidire.state.people.answer_tasks import (
    AnswerTask,
    delete_tasks,
    load_tasks,
    pending_tasks,
    settle_tasks,
)
from ouidire.state.people.corrections import (
    Correction,
    delete_corrections,
    load_corrections,
    pending_corrections,
    settle_corrections,
)
from ouidire.state.people.replies import delete_replies


class Decisions(Frozen):
    """What people decided of one mention."""

    task: AnswerTask | None = None
    corrections: tuple[Correction, ...] = ()


def load_decisions(connection: Connection, ids: Sequence[str]) -> dict[str, Decisions]:
    """Return what was decided of mentions, by id; those of which nothing was are left out."""
    tasks, corrected = load_tasks(connection, ids), load_corrections(connection, ids)
    return {
        key: Decisions(task=tasks.get(key), corrections=corrected.get(key, ()))
        for key in dict.fromkeys((*tasks, *corrected))
    }


def pending_decisions(connection: Connection) -> dict[str, datetime]:
    """Return the mentions whose documents do not show yet what was decided, with when it was, by id."""
    found = pending_tasks(connection)
    for key, at in pending_corrections(connection).items():
        found[key] = max(at, found.get(key, at))
    return found


def settle_decisions(connection: Connection, applied: Sequence[tuple[str, datetime]]) -> None:
    """Mark what was decided of mentions (id, moment) as shown by their documents."""
    settle_tasks(connection, applied)
    settle_corrections(connection, applied)


def forget_decisions(connection: Connection, ids: Sequence[str]) -> None:
    """Delete what was decided of mentions that are erased or expired."""
    delete_tasks(connection, ids)
    delete_corrections(connection, ids)
    delete_replies(connection, ids)
