"""A person's answers to what was held of a run: recorded at once, applied by the next pass.

An accepted change is read again from the harvests that showed it. A rejected one leaves what is known as it
is, and is not asked again while the site goes on showing it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

import structlog

from ouidire.errors import UsageError
from ouidire.frozen import Frozen
from ouidire.harvest.suppression import WithoutSuppressed
from ouidire.state.holds import Hold, HoldStatus, holds_with
from ouidire.state.marks import LINKED
from ouidire.state.measured import MARK as MEASURED
from ouidire.state.measured import Measured, measured_in
from ouidire.state.runs import Run, answer_run, is_held, run_by_id, runs_since
from ouidire.state.suppressions import suppressed
from service.pipeline.index.annotate import MentionAnnotator
from service.pipeline.index.commit import Changes, commit
from service.pipeline.index.decide import finest_date
from service.pipeline.index.ingest import Ingested, ingest
from service.pipeline.index.readings.asking import PERIOD, applied_measure, hold_measure
from service.pipeline.index.readings.examine import examine
from service.pipeline.installation import Installation

log = structlog.get_logger()
Decided = Literal["accepted", "rejected"]
OPEN: Final[tuple[HoldStatus, ...]] = ("held", "accepted", "rejected")
"""What can be answered, and answered otherwise until it is applied."""


class Answered(Frozen):
    """What a person has answered: the run, its source, and the kinds of change that the answer is to."""

    run_id: str
    source_key: str
    answer: Decided
    kinds: tuple[str, ...]


def answer(installation: Installation, run_id: str, *, accept: bool) -> Answered:
    """Record a person's answer to what was held of a run; answered twice, the last answer holds.

    Raises UsageError where nothing was held of it, IndexUnavailable when the index cannot take the answer.
    """
    given: Decided = "accepted" if accept else "rejected"
    with installation.state.read() as connection:
        run = run_by_id(connection, run_id)
        holds = [each for each in holds_with(connection, OPEN) if each.run_id == run_id]
        later = runs_since(connection, run.source_key, first=run.sequence) if run is not None else []
    if run is None:
        raise UsageError(f"no run has the id {run_id!r}; `ouidire sources health` names those that wait")
    whole = run.summary is not None and run.summary.hold is not None
    fallen = run.summary is not None and bool(run.summary.watch)
    if not holds and not whole and not fallen:
        raise UsageError(f"nothing of run {run_id} is held: there is nothing to accept or to reject")
    changed = [_answered(each, given, at=installation.clock()) for each in holds]
    commit(installation, Changes(holds=changed, measures=[hold_measure(each, run) for each in changed]))
    with installation.state.begin() as connection:
        for each in {each.id: each for each in (run, *later)}.values() if whole else ():
            if is_held(each) and (accept or each.id == run.id):
                answer_run(connection, each, given)
        if (
            fallen
        ):  # the run is ingested already; accepted, it is what its source's next ones are compared with
            answer_run(connection, run, given)
    log.info("answered", run=run_id, source=run.source, answer=given)
    kinds = [each.kind for each in changed] or _kinds(run)
    return Answered(run_id=run_id, source_key=run.source_key, answer=given, kinds=tuple(kinds))


def _kinds(run: Run) -> list[str]:
    """Return what a run as a whole is asked about: its subject, or what fell beside the past."""
    summary = run.summary
    return ["subject"] if summary is None or summary.hold is not None else list(summary.watch)


def _answered(hold: Hold, given: Decided, *, at: datetime) -> Hold:
    """Return a hold as answered; one on a whole run has nothing to be read again: the run waits anew."""
    status = "applied" if given == "accepted" and hold.kind == "subject" else given
    return hold.model_copy(update={"status": status, "answered_at": at})


def apply_answers(installation: Installation, *, annotator: MentionAnnotator | None = None) -> list[Ingested]:
    """Apply every accepted change; nothing accepted is the usual case and costs one query.

    Raises HarvestError when a harvest is damaged, IndexUnavailable when the index cannot take it.
    """
    with installation.state.read() as connection:
        accepted = holds_with(connection, ("accepted",))
    if not accepted:
        return []
    used = annotator or MentionAnnotator(installation.settings)
    return [done for hold in accepted for done in _apply(installation, hold, used)]


def _apply(installation: Installation, hold: Hold, annotator: MentionAnnotator) -> list[Ingested]:
    """Read again the runs that showed what was held, oldest first; killed, all of it is done again."""
    with installation.state.read() as connection:
        runs = [
            each for each in runs_since(connection, hold.source_key, first=hold.run) if each.kind != "reparse"
        ]
        told = measured_in(connection, brand="", period=PERIOD)
    first = next((each for each in runs if each.sequence == hold.run), None)
    if first is None:
        return []
    measure = _applied(installation, hold, runs)
    if measure.id not in told:  # taken up after a kill, a part of it has moved already
        commit(installation, Changes(measures=[measure]))
    done = [ingest(installation, run, annotator=annotator, answered=True) for run in runs]
    ended = hold.model_copy(update={"status": "applied"})
    commit(
        installation,
        Changes(holds=[ended], measures=[hold_measure(ended, first)], dropped_marks=[LINKED, MEASURED]),
    )
    log.info("applied", run=hold.run_id, source=first.source, kind=hold.kind)
    return done


def _applied(installation: Installation, hold: Hold, runs: list[Run]) -> Measured:
    """Return the document that says what applying a change moves."""
    with installation.state.read() as connection:
        refused = suppressed(connection)
    moments: list[datetime] = []
    moved: set[str] = set()
    for run in runs:
        harvest = installation.harvests.open(run.source, run.source_key, run.id)
        found = examine(installation, run, WithoutSuppressed(harvest.items(), refused), answered=True)
        for each in found.compared:
            moved.add(each.row.id)
            at, _ = finest_date(each.new.published, each.row)
            moments += _present((each.row.published_at, at))
    span = (min(moments), max(moments)) if moments else None
    return applied_measure(hold, runs[0], at=installation.clock(), moved=len(moved), span=span)


def _present(moments: tuple[datetime | None, ...]) -> Iterator[datetime]:
    yield from (each for each in moments if each is not None)
