"""The queue of reviews that await an answer, with what people decided, and the decisions themselves.

A decision is written to the state at once and shows in this queue at once; documents, and with them the mail
and Kibana, have it at the next pass. A reply that the source shows closes its review whatever was decided.
"""

from collections.abc import Sequence
from datetime import datetime

from ouidire.documents import MentionDocument
from ouidire.errors import UsageError
from ouidire.frozen import Frozen
from ouidire.state.people.answer_tasks import (
    CLOSED,
    AnswerState,
    AnswerTask,
    list_tasks,
    load_tasks,
    save_task,
)
from ouidire.state.people.audit import record_action
from reports.answering.platforms import reply_address
from reports.answering.queue import awaiting_reviews
from reports.answering.rule import AnswerReason
from reports.data.scope import Scope
from service.pipeline.people.side import DecisionSide, mention_of

OPEN: tuple[AnswerState, ...] = ("new", "to_answer")
STATES: tuple[AnswerState, ...] = (*OPEN, *CLOSED)
LONGEST_NOTE, LONGEST_NAME = 2000, 120
"""Characters of a note, and of the name of an assignee."""


class QueuedReview(Frozen):
    """One review of the queue: where it stands, why it is worth an answer, and where one answers it."""

    id: str
    state: AnswerState
    assignee: str = ""
    note: str = ""
    points: int = 0
    reasons: tuple[AnswerReason, ...] = ()
    days: int
    answer_at: str | None = None
    document: MentionDocument


class AnswerQueue(Frozen):
    """Lines of the queue; `total` counts the reviews of the states asked for, shown or not."""

    total: int
    lines: tuple[QueuedReview, ...]


def answer_queue(
    installation: DecisionSide,
    scope: Scope,
    *,
    states: Sequence[AnswerState] = OPEN,
    size: int,
    before: datetime | None = None,
) -> AnswerQueue:
    """Return the reviews of some states: open ones by the rule's points, then closed ones, the last first.

    Of open ones those published in the four weeks before now, or `before` an earlier moment.
    """
    with installation.state.read() as connection:
        tasks = {task.mention_id: task for task in list_tasks(connection, STATES)}
    now = installation.clock()
    wanted = frozenset(states)
    lines: list[QueuedReview] = []
    total = 0
    if wanted & set(OPEN):
        found = awaiting_reviews(
            installation.index,
            scope,
            end=now if before is None else min(before, now),
            now=now,
            size=size,
            keep=lambda key: (tasks[key].state if key in tasks else "new") in wanted.intersection(OPEN),
        )
        total = found.total
        for each in found.lines:
            line = _queued(installation, each.document, tasks.get(each.document.id))
            lines.append(line.model_copy(update={"points": each.points, "reasons": each.reasons}))
    closed = [task for task in tasks.values() if task.state in wanted.intersection(CLOSED)]
    documents = installation.index.get_many("mention", [task.mention_id for task in closed])
    for task in closed:
        document = documents.get(task.mention_id)
        if isinstance(document, MentionDocument) and _is_within(document, scope):
            total += 1
            lines.append(_queued(installation, document, task))
    return AnswerQueue(total=total, lines=tuple(lines[:size]))


def decide_answer(
    installation: DecisionSide,
    mention_id: str,
    *,
    by: str,
    state: AnswerState | None = None,
    assignee: str | None = None,
    note: str | None = None,
) -> AnswerTask:
    """Record a state, an assignee or a note of a review; what is not given stays as it is.

    Raises UsageError for a mention that there is not, for one that nobody can answer, and for texts that are
    too long.
    """
    if state is None and assignee is None and note is None:
        raise UsageError("say what changes: a state, an assignee or a note")
    if assignee is not None and len(assignee) > LONGEST_NAME:
        raise UsageError(f"the name of an assignee has {LONGEST_NAME} characters at most")
    if note is not None and len(note) > LONGEST_NOTE:
        raise UsageError(f"a note has {LONGEST_NOTE} characters at most")
    review_of(installation, mention_id)
    now = installation.clock()
    with installation.state.begin() as connection:
        before = load_tasks(connection, [mention_id]).get(mention_id)
        task = (before or AnswerTask(mention_id=mention_id, by=by, at=now)).model_copy(
            update={"by": by, "at": now, "pending": True}
        )
        given = {"state": state, "assignee": assignee, "note": note}
        task = task.model_copy(update={name: each for name, each in given.items() if each is not None})
        save_task(connection, task)
        record_action(connection, "answer", by=by, at=now, subject=mention_id, detail=_told(task, given))
    return task


def review_of(installation: DecisionSide, mention_id: str) -> MentionDocument:
    """Return the document of a known review.

    Raises UsageError for a mention that there is not, and for one that nobody can answer.
    """
    document = mention_of(installation, mention_id, hint="`ouidire answers list` names those that wait")
    if document.mention_kind != "review":
        raise UsageError(f"{mention_id} is no review ({document.mention_kind}): nobody can answer it there")
    return document


def _queued(installation: DecisionSide, document: MentionDocument, task: AnswerTask | None) -> QueuedReview:
    state: AnswerState = task.state if task else "new"
    since = document.published_at or document.period_at
    return QueuedReview(
        id=document.id,
        state="answered" if document.reply is not None else state,
        assignee=task.assignee if task else "",
        note=task.note if task else "",
        days=max(0, (installation.clock() - since).days),
        answer_at=reply_address(document),
        document=document,
    )


def _is_within(document: MentionDocument, scope: Scope) -> bool:
    """Return whether a document belongs to a scope."""
    chosen = (
        (document.place, scope.places),
        (document.subject, scope.subjects),
        (document.source, scope.sources),
        (document.language, scope.languages),
    )
    return scope.brand in document.brands and all(not values or value in values for value, values in chosen)


def _told(task: AnswerTask, given: dict[str, str | None]) -> str:
    """Return what was decided, for the audit: states and the names of what changed, never a note's words."""
    parts = [f"state {task.state}"] if given["state"] is not None else []
    parts += [name for name in ("assignee", "note") if given[name] is not None]
    return ", ".join(parts)
