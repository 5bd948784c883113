"""The documents of a run: its status and counts, its fill rates, and the averages that its site shows.

Pure, so that a rebuild gives the same again.
"""

from collections.abc import Iterator, Mapping

from pydantic import AwareDatetime

from ouidire.documents import FillRate, MeasureDocument, RunDocument
from ouidire.ids import digest
from ouidire.mention import RatingSummary
from ouidire.state.runs import Run

RUN_COUNTS = {"requests", "pages", "items", "refused_by_robots", "declared_total", "complete"}
"""The fields of a run's summary that its document has under the same names."""


def summary_document(
    summary: RatingSummary, item_id: str, *, run: Run, seen_at: AwareDatetime
) -> MeasureDocument:
    """Build the document of an average that a site shows: a measure of its own, never ours."""
    count = summary.rating_count if summary.rating_count is not None else summary.review_count
    return MeasureDocument(
        id=digest("measure", item_id, seen_at.isoformat()),
        revision=run.sequence,
        name="rating_shown",
        brands=run.brands,
        source=run.source,
        source_key=run.source_key,
        subject=summary.subject,
        place=run.place,
        at=seen_at,
        value=summary.rating.value,
        best=summary.rating.best,
        n=count or 0,
        basis="stated_by_site",
        run_id=run.id,
    )


def run_document(run: Run, *, usual_fill: dict[str, float] | None = None) -> RunDocument:
    """Build the document of a run. Its revision grows when the index has taken its harvest."""
    summary = run.summary
    rates = summary.fill_rates if summary else {}
    counts = summary.model_dump(include=RUN_COUNTS) if summary else {}
    return RunDocument(
        id=run.id,
        revision=2 if run.ingested_at else 1,
        source=run.source,
        source_key=run.source_key,
        brands=run.brands,
        status=run.status,
        reason=run.reason or None,
        started_at=run.started_at,
        finished_at=run.finished_at,
        rejected=sum(summary.rejected.values()) if summary else 0,
        new=run.new,
        updated=run.updated,
        unchanged=run.unchanged,
        vanished=run.vanished,
        missed=run.missed,
        silent=tuple(silent_engines(summary.silent)) if summary else (),
        fill_rates=tuple(
            FillRate(field=name, rate=rate, usual=(usual_fill or {}).get(name))
            for name, rate in sorted(rates.items())
        ),
        **counts,
    )


def silent_engines(silent: Mapping[str, str]) -> Iterator[str]:
    """Yield each engine of a metasearch that did not answer, with its reason where one was given."""
    for name, why in silent.items():
        yield f"{name} ({why})" if why else name


def filled_documents(run: Run) -> Iterator[MeasureDocument]:
    """Yield, for each field that a source watches, the share of a run's mentions in which it was filled."""
    rates = run.summary.fill_rates if run.summary else {}
    for name, rate in sorted(rates.items()):
        yield MeasureDocument(
            id=digest("measure", "filled", run.id, name),
            revision=2 if run.ingested_at else 1,
            name="filled",
            brands=run.brands,
            source=run.source,
            source_key=run.source_key,
            subject=name,
            place=run.place,
            at=run.started_at,
            value=rate,
            n=run.summary.items if run.summary else 0,
            basis="counted",
            run_id=run.id,
        )
