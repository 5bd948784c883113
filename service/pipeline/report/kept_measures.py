"""A digest's metrics kept as `measure` documents: intervals and drivers, which no index can sum.

Kibana and the explorer show these, so that they and the e-mail say the same. They are kept in the state, and
documents are made from it: a week's metrics outlive its mentions, and a rebuilt index has them too. The last
week whose digest is due follows what still arrives for it, until the next one is due; earlier ones stay as
they were. It cannot see an edition that reads less than a whole brand.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import structlog

from ouidire.documents import MeasureDocument
from ouidire.ids import digest
from ouidire.measures import Figure
from ouidire.state.marks import mark_of, set_mark
from ouidire.state.measured import MARK, Measured, measured_in
from ouidire.state.runs import count_ingested, first_run_at
from reports.data.baseline import RECENT
from reports.data.context import DigestContext
from service.pipeline.index.commit import Changes, commit
from service.pipeline.installation import Installation
from service.pipeline.report.digests import digest_context, edition_of
from service.pipeline.schedule import due_period

log = structlog.get_logger()
DECIMALS = 9
"""Figures are kept to so many: back-ends add up in different orders."""


def measure_due(installation: Installation) -> int:
    """Measure each of our brands over the last week that is due, and over earlier ones not yet measured.

    As far back as a digest's chart shows; returns how many weeks of brands were measured. Nothing is read
    when nothing was ingested since the last time; after `measure_anew`, all are measured again. A week goes
    to the index first, then to the state: killed in between, the same is written again.
    """
    settings = installation.settings
    last = due_period(
        "week",
        now=installation.clock(),
        timezone=settings.timezone,
        weekday=settings.digest.weekday,
        hour=settings.digest.hour,
    )
    with installation.state.read() as connection:
        first = first_run_at(connection)
        before, taken = mark_of(connection, MARK), f"{last.key} {count_ingested(connection)}"
    if first is None or before == taken:
        return 0
    kept_since = installation.clock() - timedelta(days=settings.harvest.keep_items_days)
    earlier = [
        week for week in reversed(last.before(RECENT)) if week.end > first and week.start >= kept_since
    ]
    done = changed = 0
    for week in (last, *earlier):
        for brand in settings.own_brands:
            with installation.state.read() as connection:
                held = measured_in(connection, brand=brand.slug, period=week.key)
            if held and week is not last and before is not None:
                continue
            edition = edition_of(settings.editions["brand"], brand.slug)
            context = digest_context(installation, week, edition=edition, earlier=False)
            changed += _keep(installation, held, measures_of(context), brand=brand.slug, period=week.key)
            done += 1
    with installation.state.begin() as connection:
        set_mark(connection, MARK, taken)
    log.info("measured", weeks=done, documents=changed)
    return done


def measures_of(context: DigestContext) -> Iterator[MeasureDocument]:
    """Yield a document for each metric of a digest, and for each driver, announced or not.

    A driver's n is that of the texts which say so, over all periods: it is what the driver stands on.
    """
    for key, metric in context.metrics.items():
        yield _document(context, key, metric.figure)
    for driven in context.experience.driven:
        for each in driven.found.drivers:
            figure = Figure(
                value=each.value,
                low=each.low,
                high=each.high,
                n=each.n_coded,
                weight=each.n_coded,
                unit="points",
                basis="estimated",
            )
            yield _document(context, f"driver_{driven.key}", figure, subject=each.code)


def _keep(
    installation: Installation,
    held: dict[str, Measured],
    found: Iterable[MeasureDocument],
    *,
    brand: str,
    period: str,
) -> int:
    """Write what differs from what was held, each under its next revision; return how many there were."""
    rows: list[Measured] = []
    left = {key: each for key, each in held.items() if each.document is not None}
    for document in found:
        before = left.pop(document.id, None)
        revision = held[document.id].revision + 1 if document.id in held else 1
        if before is None or before.document != document.model_copy(update={"revision": before.revision}):
            kept = document.model_copy(update={"revision": revision})
            rows.append(
                Measured(id=document.id, brand=brand, period=period, revision=revision, document=kept)
            )
    gone = [
        each.model_copy(update={"revision": each.revision + 1, "document": None}) for each in left.values()
    ]
    commit(installation, Changes(measures=[*rows, *gone]))
    return len(rows) + len(gone)


def _document(
    context: DigestContext, name: str, figure: Figure, *, subject: str | None = None
) -> MeasureDocument:
    period = context.period
    return MeasureDocument(
        id=measure_id(context.brand.slug, period.kind, period.start, name, subject or ""),
        revision=1,
        name=name,
        brands=(context.brand.slug,),
        subject=subject,
        period_start=period.start,
        period_end=period.end,
        at=period.end,
        value=_rounded(figure.value),
        low=_rounded(figure.low),
        high=_rounded(figure.high),
        n=figure.n,
        basis=figure.basis,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS) + 0.0  # never −0


def measure_id(brand: str, kind: str, start: datetime, name: str, subject: str) -> str:
    """Return the id of a brand's figure of a period (`week` or `month`) that begins then."""
    return digest("measure", brand, kind, start.isoformat(), name, subject)
