"""Daily runs of the samples' sources, some of them broken."""

from collections.abc import Iterator
from datetime import timedelta

from ouidire.documents import RunDocument
from ouidire.ids import digest
from ouidire.items import RunStatus
from ouidire.period import Period
from reports.samples.brand import BRANDS, OWN, SOURCES, SampleKind

REASON = "la liste des avis : rien sous « article.review » ; le site a sans doute changé de mise en page"


def runs(week: Period, kind: SampleKind, *, broken: bool) -> Iterator[RunDocument]:
    """Yield the daily runs of a week; `broken` loses the largest source on its third day."""
    for brand in BRANDS:
        for info in SOURCES:
            if brand is not OWN and info.source in ("survey_file", "google_results"):
                continue
            key = info.source_key if brand is OWN else f"{info.source}:{brand.slug}"
            for day in range(1, 8):
                at = week.start + timedelta(days=day, hours=5)
                bad = broken and brand is OWN and info.source == "trustpilot" and day >= 3
                refused = broken and brand is OWN and info.source == "google_results" and day == 4
                status: RunStatus = "ok"
                if bad or refused:
                    status = "layout_changed" if bad else "blocked"
                lost = kind == "broken" and day == 2 and brand is OWN and info.source == "feed"
                yield RunDocument(
                    id=digest("run", key, at.isoformat()),
                    revision=1,
                    source=info.source,
                    source_key=key,
                    brands=(brand.slug,),
                    status=status,
                    reason=REASON if bad else None,
                    started_at=at,
                    finished_at=at + timedelta(minutes=4),
                    requests=12,
                    pages=12,
                    items=0 if bad else 40,
                    rejected=1 if lost else 0,
                    refused_by_robots=2 if lost else 0,
                )
