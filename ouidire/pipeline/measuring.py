"""What a digest said, kept as `measure` documents: intervals, changes' grounds and drivers, which no index can sum.

Kibana and the explorer show these, so that they and the e-mail say the same. A period is measured once, when its digest is
due (`ouidire report measure`), and again once the index was made anew. It cannot see an edition that reads less than a whole brand.
"""

from collections.abc import Iterator

from ouidire.documents import MeasureDocument
from ouidire.ids import digest
from ouidire.measures import Figure
from ouidire.period import Period
from ouidire.pipeline.installation import Installation
from ouidire.pipeline.reporting import digest_context, edition_of
from ouidire.schedule import due_period
from ouidire.state.runs import first_run
from reports.context import DigestContext
from reports.digest import BASELINE


def measure_due(house: Installation) -> int:
    """Measure each of our brands over every week that is due and was not measured, as far back as a digest looks; return how many."""
    settings = house.settings
    with house.state.read() as connection:
        first = first_run(connection)
    if first is None:
        return 0
    last = due_period("week", now=house.clock(), timezone=settings.timezone, weekday=settings.digest.weekday, hour=settings.digest.hour)
    done = 0
    for period in (*last.before(BASELINE), last):
        for brand in settings.own_brands:
            if period.end <= first or house.index.get("measure", _id(brand.slug, period, "volume")) is not None:
                continue
            context = digest_context(house, period, edition=edition_of(settings.editions["brand"], brand.slug))
            house.index.upsert(measures_of(context))
            done += 1
    return done


def measures_of(context: DigestContext) -> Iterator[MeasureDocument]:
    """Yield a document for each figure of a digest that has an interval of its own, and for each driver, told or not."""
    for key, reading in context.readings.items():
        yield _document(context, key, reading.figure)
    for driven in context.experience.driven:
        for each in driven.found.drivers:
            figure = Figure(value=each.value, low=each.low, high=each.high, n=each.n, weight=each.n, unit="points", basis="estimated")
            yield _document(context, f"driver_{driven.key}", figure, subject=each.code)


def _document(context: DigestContext, name: str, figure: Figure, *, subject: str | None = None) -> MeasureDocument:
    period = context.period
    return MeasureDocument(
        id=_id(context.brand.slug, period, name, subject or ""),
        revision=1,
        name=name,
        brands=(context.brand.slug,),
        subject=subject,
        period_start=period.start,
        period_end=period.end,
        at=period.end,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        n=figure.n,
        basis=figure.basis,
    )


def _id(brand: str, period: Period, name: str, subject: str = "") -> str:
    return digest("measure", brand, period.kind, period.start.isoformat(), name, subject)
