"""Pages of search results of the samples' brand, and of its category."""

from collections.abc import Iterator
from datetime import timedelta

from ouidire.documents import SearchResultDocument
from ouidire.ids import digest
from ouidire.measures import position_weight
from ouidire.period import Period
from reports.samples.brand import SampleKind

PAGE = (  # url, title, ownership, owner, favourability, rating, votes
    (
        "https://pousse-et-compagnie.example/",
        "Pousse & Compagnie : jardineries et conseils",
        "owned",
        "pousse",
        1.0,
        None,
        None,
    ),
    (
        "https://trustpilot.example/review/pousse",
        "Avis sur Pousse & Compagnie",
        "review_site",
        None,
        0.4,
        4.1,
        1284,
    ),
    (
        "https://social.example/pousseetcie",
        "Pousse & Compagnie (@pousseetcie)",
        "social",
        "pousse",
        0.6,
        None,
        None,
    ),
    (
        "https://verdict-clients.example/pousse",
        "Pousse & Compagnie, avis vérifiés",
        "review_site",
        None,
        0.3,
        3.9,
        412,
    ),
    (
        "https://gazette.example/jardineries-2026",
        "Jardineries : le classement 2026 des enseignes",
        "press",
        None,
        0.2,
        None,
        None,
    ),
    (
        "https://grand-arrosoir.example/comparatif",
        "Pousse & Compagnie ou Le Grand Arrosoir ?",
        "competitor",
        "arrosoir",
        -0.3,
        None,
        None,
    ),
    (
        "https://place-verte.example/pousse",
        "Pousse & Compagnie sur Place Verte",
        "marketplace",
        None,
        0.1,
        4.4,
        96,
    ),
    (
        "https://forum-potager.example/t/9912",
        "Votre avis sur Pousse & Cie ?",
        "other",
        None,
        -0.1,
        None,
        None,
    ),
)
INTRUDER = (
    "https://gazette.example/enquete-livraisons",
    "Pousse & Compagnie : ces clients qui attendent toujours leurs plantes",
    "press",
    None,
    -0.8,
    None,
    None,
)


def results(week: Period, kind: SampleKind, *, last: bool) -> Iterator[SearchResultDocument]:
    """Yield the results pages of a week."""
    at = week.start + timedelta(days=7, hours=5)
    rows = list(PAGE)
    if last and kind == "busy":
        rows.insert(3, INTRUDER)
    for query, query_kind in (
        ("pousse & compagnie", "brand"),
        ("pousse et compagnie avis", "brand"),
        ("meilleure jardinerie lyon", "category"),
    ):
        listed = rows if query_kind == "brand" else [PAGE[5], PAGE[4], PAGE[6], PAGE[0]]
        if query.endswith("avis"):
            listed = [rows[1], *rows[3:], rows[0]]
        for rank, (url, title, ownership, owner, favourability, rating, votes) in enumerate(listed, start=1):
            weight = position_weight(rank)
            brand_query = query_kind == "brand"
            yield SearchResultDocument(
                id=digest("result", query, at.isoformat(), str(rank)),
                revision=1,
                snapshot_id=digest("page", query, at.isoformat()),
                source="google_results",
                source_key="google_results:pousse",
                run_id="r",
                engine="google",
                query=query,
                query_kind=query_kind,
                brands=("pousse",),
                gl="fr",
                hl="fr",
                captured_at=at,
                type="organic",
                position=rank,
                rank=rank,
                url=url,
                domain=url.split("/")[2],
                title=title,
                ownership=ownership,
                owner_brand=owner,
                position_weight=weight if brand_query else None,
                favourability=favourability if brand_query else None,
                weighted_favourability=weight * favourability if brand_query else None,
                brand_present=1.0 if rank == 1 and query_kind == "category" else None,
                shown_rating=rating,
                shown_rating_best=5 if rating else None,
                shown_rating_count=votes,
            )
        for rank, question in enumerate(
            ("Pousse & Compagnie livre-t-elle le samedi ?", "Qui possède Pousse & Compagnie ?"), start=1
        ):
            yield SearchResultDocument(
                id=digest("question", query, at.isoformat(), str(rank)),
                revision=1,
                snapshot_id=digest("page", query, at.isoformat()),
                source="google_results",
                source_key="google_results:pousse",
                run_id="r",
                engine="google",
                query=query,
                query_kind=query_kind,
                brands=("pousse",),
                gl="fr",
                hl="fr",
                captured_at=at,
                type="question",
                position=20 + rank,
                rank=rank,
                title=question,
            )
