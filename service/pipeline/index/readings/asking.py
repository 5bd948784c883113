"""The questions that wholesale changes by a site put to a person, and the documents that tell of them."""

from datetime import datetime
from typing import Final

from ouidire.documents import MeasureDocument
from ouidire.harvest.manifest import RunHold
from ouidire.ids import digest
from ouidire.state.holds import Hold, HoldKind, HoldStatus
from ouidire.state.measured import Measured
from ouidire.state.runs import Run
from service.pipeline.index.readings.examine import Examination

TOLD: Final = "site_change"
"""The name of the documents that tell of a wholesale change."""
APPLIED: Final = "site_change_applied"
"""The name of those that say when it was applied, and which weeks it may have moved."""
PERIOD: Final = "site"
"""What such documents are kept under, in the place of a period: they belong to none."""
REVISIONS: Final[dict[HoldStatus, int]] = {
    "held": 1,
    "linked": 1,
    "accepted": 2,
    "rejected": 2,
    "applied": 3,
    "ended": 3,
}
WHAT: Final[dict[HoldKind, str]] = {
    "dates": "gives other dates to",
    "ratings": "gives other ratings to",
    "texts": "gives other texts to",
    "ids": "has renamed",
    "subject": "shows reviews of which none is known, in the place of",
}


def question(hold: Hold) -> str:
    """Return the line that asks a person about a wholesale change."""
    whole = hold.kind == "subject"
    stands = "nothing of the run is used" if whole else "what was known stands, new mentions are in"
    changed = f"the site {WHAT[hold.kind]} {hold.changed} of {hold.known} known mentions at once"
    return (
        f"run {hold.run_id} of {hold.source_key}: {changed}; {stands}; look at the page, then "
        f"`ouidire sources accept {hold.run_id}` if it is right, "
        f"`ouidire sources reject {hold.run_id}` if not"
    )


def run_question(run: Run) -> str:
    """Return the line that asks a person about a run of which nothing is used."""
    detail = run.summary.hold.detail if run.summary is not None and run.summary.hold is not None else ""
    return (
        f"run {run.id} of {run.source_key}: {detail}; nothing of the run is used; look at the page, then "
        f"`ouidire sources accept {run.id}` if it is right, `ouidire sources reject {run.id}` if not"
    )


def stranger_hold(found: Examination) -> RunHold:
    """Return why nothing of a run is used whose reviews are none of those that are known."""
    count = f"{found.strangers} reviews of which none is known, of days of which all should be"
    return RunHold(kind="another_subject", detail=count)


def hold_measures(found: Examination, run: Run) -> list[Measured]:
    """Return the documents of the holds that a run begins or ends."""
    return [hold_measure(each, run) for each in found.holds]


def hold_measure(hold: Hold, run: Run) -> Measured:
    """Return the document that tells of a wholesale change, as it stands.

    Its subject is the kind of change, its value how many of its `n` known mentions it concerns, its basis the
    status of the hold; `run` is any run of the same source.
    """
    document = MeasureDocument(
        id=digest("measure", TOLD, hold.id),
        revision=REVISIONS[hold.status],
        name=TOLD,
        brands=run.brands,
        source=run.source,
        source_key=hold.source_key,
        subject=hold.kind,
        place=run.place,
        at=hold.opened_at,
        value=float(hold.changed),
        n=hold.known,
        basis=hold.status,
        run_id=hold.run_id,
    )
    return Measured(id=document.id, brand="", period=PERIOD, revision=document.revision, document=document)


def applied_measure(
    hold: Hold, run: Run, *, at: datetime, moved: int, span: tuple[datetime, datetime] | None
) -> Measured:
    """Return the document that says when a change was applied; `span` is what it may have moved."""
    document = MeasureDocument(
        id=digest("measure", APPLIED, hold.id),
        revision=1,
        name=APPLIED,
        brands=run.brands,
        source=run.source,
        source_key=hold.source_key,
        subject=hold.kind,
        place=run.place,
        period_start=span[0] if span else None,
        period_end=span[1] if span else None,
        at=at,
        value=float(moved),
        n=hold.known,
        basis="accepted",
        run_id=hold.run_id,
    )
    return Measured(id=document.id, brand="", period=PERIOD, revision=1, document=document)
