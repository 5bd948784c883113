"""What happened to the samples' reviews and search results."""

from collections.abc import Iterator
from datetime import timedelta

from ouidire.documents import EventDocument
from reports.samples import words
from reports.samples.brand import NOW, SampleKind
from reports.samples.search_pages import INTRUDER, PAGE


def events(kind: SampleKind) -> Iterator[EventDocument]:
    """Yield what happened to reviews and results."""
    at = NOW - timedelta(hours=2)
    base = {"revision": 1, "at": at, "run_id": "r", "brands": ("pousse",)}
    if kind == "busy":
        google = {
            "source": "google_results",
            "source_key": "google_results:pousse",
            "query": "pousse & compagnie",
        }
        yield EventDocument(
            id="e1", type="entrant", subject_id="x1", subject=INTRUDER[1], url=INTRUDER[0], **google, **base
        )
        yield EventDocument(
            id="e2",
            type="exit",
            subject_id="x2",
            subject="Dix jardineries où flâner",
            url="https://flaner.example/jardineries",
            **google,
            **base,
        )
        yield EventDocument(
            id="e3",
            type="rating_moved",
            subject_id="x3",
            subject=PAGE[3][1],
            url=PAGE[3][0],
            stars_before=4.2,
            stars_after=3.9,
            **google,
            **base,
        )
        for rank, row in enumerate(PAGE[3:], start=4):
            yield EventDocument(
                id=f"r{rank}",
                type="rank_moved",
                subject_id=f"x{rank}",
                subject=row[1],
                url=row[0],
                before=str(rank),
                after=str(rank + 1),
                **google,
                **base,
            )
    trust = {"source": "trustpilot", "source_key": "trustpilot:pousse"}
    for number in range(7 if kind == "busy" else 1):
        yield EventDocument(
            id=f"v{number}",
            type="vanished",
            subject_id=f"s{number}",
            before=(*words.WORST, *words.BAD)[number],
            stars_before=1,
            url=f"https://trustpilot.example/pousse/v{number}",
            **trust,
            **base,
        )
    yield EventDocument(
        id="d1",
        type="edited",
        subject_id="s9",
        before="Colis arrivé écrasé.",
        after="Colis arrivé écrasé, mais remboursé dans l'heure : chapeau.",
        stars_before=2,
        stars_after=4,
        url="https://trustpilot.example/pousse/d1",
        **trust,
        **base,
    )
