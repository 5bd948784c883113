"""What people decided of reviews that await an answer: state, assignee and note, one row a mention."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import Connection, delete, select, update

from ouidire.frozen import Frozen
from ouidire.state.databases import upsert
from ouidire.state.items import CHUNK
from ouidire.state.tables import answer_tasks

AnswerState = Literal["new", "to_answer", "answered", "dismissed"]
"""Where a review stands: new (nobody decided), to be answered, answered, or not to be answered."""
CLOSED: tuple[AnswerState, ...] = ("answered", "dismissed")
"""The states that no queue and no mail asks for again."""


class AnswerTask(Frozen):
    """One review that people decided something of; `pending` until the index holds its state."""

    mention_id: str
    state: AnswerState = "new"
    assignee: str = ""
    note: str = ""
    by: str
    at: AwareDatetime
    pending: bool = True


def save_task(connection: Connection, task: AnswerTask) -> None:
    """Write a task, replacing the mention's former one."""
    connection.execute(upsert(connection, answer_tasks, ["mention_id"]), [task.model_dump()])


def load_tasks(connection: Connection, ids: Sequence[str]) -> dict[str, AnswerTask]:
    """Return the tasks of those mentions that have one, by mention id."""
    found: dict[str, AnswerTask] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(answer_tasks).where(answer_tasks.c.mention_id.in_(ids[start : start + CHUNK]))
        for row in connection.execute(query):
            found[row.mention_id] = AnswerTask(**row._mapping)  # noqa: SLF001 (SQLAlchemy's public, if underscored, accessor)
    return found


def list_tasks(connection: Connection, states: Sequence[AnswerState]) -> list[AnswerTask]:
    """Return the tasks of some states, those changed last first."""
    query = (
        select(answer_tasks)
        .where(answer_tasks.c.state.in_(states))
        .order_by(answer_tasks.c.at.desc(), answer_tasks.c.mention_id)
    )
    return [AnswerTask(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 (SQLAlchemy's public, if underscored, accessor)


def pending_tasks(connection: Connection) -> dict[str, datetime]:
    """Return when each task that the index does not hold yet was changed, by mention id."""
    query = select(answer_tasks.c.mention_id, answer_tasks.c.at).where(answer_tasks.c.pending)
    return {str(row.mention_id): row.at for row in connection.execute(query)}


def settle_tasks(connection: Connection, applied: Iterable[tuple[str, datetime]]) -> None:
    """Mark tasks as held by the index, each as it was at a moment: what was changed later stays pending."""
    for mention_id, at in applied:
        connection.execute(
            update(answer_tasks)
            .where(answer_tasks.c.mention_id == mention_id, answer_tasks.c.at <= at)
            .values(pending=False)
        )


def delete_tasks(connection: Connection, ids: Sequence[str]) -> None:
    """Delete the tasks of mentions."""
    for start in range(0, len(ids), CHUNK):
        connection.execute(
            delete(answer_tasks).where(answer_tasks.c.mention_id.in_(ids[start : start + CHUNK]))
        )
