"""Seeded weeks of a fictional brand, its competitors and the web's first page, for previews and tests.

What an index would hold, without any crawl: quiet, busy, broken, empty, first, bare (nothing analysed) and
hostile weeks. The words are made up, the figures stand for nobody.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal

from ouidire.documents import (
    AspectDocument,
    Document,
    EventDocument,
    MentionDocument,
    RunDocument,
    SearchResultDocument,
)
from ouidire.ids import digest
from ouidire.measures import class_variance, position_weight
from ouidire.period import Period, period_of
from ouidire.settings.brand import Brand
from reports.data.context import SourceInfo
from reports.samples import words

SampleKind = Literal["quiet", "busy", "broken", "empty", "first", "bare", "hostile"]
KINDS: tuple[SampleKind, ...] = ("quiet", "busy", "broken", "empty", "first", "bare", "hostile")
OWN = Brand(slug="pousse", name="Pousse & Compagnie", domains=("pousse-et-compagnie.example",))
RIVALS = (
    Brand(slug="arrosoir", name="Le Grand Arrosoir", role="competitor", domains=("grand-arrosoir.example",)),
    Brand(slug="terre-folle", name="Terre Folle", role="competitor", domains=("terre-folle.example",)),
)
BRANDS = (OWN, *RIVALS)
PERIOD = period_of("week", date(2026, 3, 2), timezone="Europe/Paris")
NOW = PERIOD.end + timedelta(hours=7)
PLACES = ("Lyon", "Nantes", "Lille", "Strasbourg")
SOURCES = tuple(
    SourceInfo(source=slug, source_key=key, title=title, name=name, every=timedelta(days=1))
    for slug, key, title, name in (
        ("trustpilot", "trustpilot:pousse", "Trustpilot", "Trustpilot"),
        ("schema_org", "schema_org:verdict", "Verdict Clients", "Verdict Clients"),
        ("survey_file", "survey_file:caisse", "Enquête en caisse", "Enquête en caisse"),
        ("feed", "feed:carnet", "Le Carnet Vert", "Le Carnet Vert"),
        ("google_results", "google_results:pousse", "Google", "Google"),
    )
)
HOSTS = {
    "trustpilot": "trustpilot.example",
    "schema_org": "verdict-clients.example",
    "feed": "carnet-vert.example",
}
ASPECTS = {
    "delivery": ("livr", "colis", "carton", "parcel", "transporteur", "commande", "créneau"),
    "staff": ("équipe", "vendeu", "personnel", "samir", "accueil", "staff", "comptoir", "bruno", "élodie"),
    "product_quality": ("plant", "terreau", "rosier", "hortensias", "fougères", "olivier", "lavender"),
    "customer_service": ("service client", "rembours", "relance", "téléphone", "retour"),
    "price": ("prix",),
    "speed": ("attente", "caisse"),
}
MIX = {"best": 0.14, "good": 0.44, "plain": 0.18, "bad": 0.17, "worst": 0.07}
CRISIS = {"best": 0.07, "good": 0.24, "plain": 0.14, "bad": 0.33, "worst": 0.22}
SHAPE = {  # stars, polarity, promoter, passive, delight, irritation
    "best": (5, 0.92, 0.9, 0.08, 0.93, 0.01),
    "good": (5, 0.62, 0.62, 0.3, 0.14, 0.02),
    "plain": (3, 0.02, 0.12, 0.5, 0.02, 0.06),
    "bad": (2, -0.6, 0.03, 0.12, 0.01, 0.3),
    "worst": (1, -0.93, 0.01, 0.03, 0.01, 0.95),
}
EFFORT = {"best": "none", "good": "none", "plain": "some", "bad": "some", "worst": "a_lot"}
STAGE = {
    "delivery": "delivery",
    "staff": "purchase",
    "product_quality": "use",
    "customer_service": "customer_service",
    "speed": "purchase",
}
TEXTS = {"best": words.BEST, "good": words.GOOD, "plain": words.PLAIN, "bad": words.BAD, "worst": words.WORST}


def documents(kind: SampleKind) -> Iterator[Document]:
    """Nine weeks that end with PERIOD, as the index would hold them after the run of Monday morning."""
    weeks = (*PERIOD.before(8), PERIOD)
    for at, week in enumerate(weeks):
        last = at == len(weeks) - 1
        if kind == "first" and not last:
            continue
        for brand, usual in ((OWN, 62), (RIVALS[0], 74), (RIVALS[1], 31)):
            rng = random.Random(f"{week.key}{brand.slug}")
            count = usual + rng.randint(-6, 6)
            if last and kind == "busy" and brand is OWN:
                count = 131
            if last and kind == "empty" and brand is OWN:
                count = 0
            yield from mentions(
                brand, week, count, rng, crisis=last and kind == "busy" and brand is OWN, kind=kind, last=last
            )
        yield from runs(week, kind, broken=kind == "broken" and at in (4, len(weeks) - 1))
        if kind != "bare":
            yield from results(week, kind, last=last)
    if kind in ("busy", "broken"):
        yield from events(kind)


def mentions(
    brand: Brand, week: Period, count: int, rng: random.Random, *, crisis: bool, kind: SampleKind, last: bool
) -> Iterator[MentionDocument]:
    """Yield one brand's mentions of a week."""
    lost = kind == "broken" and brand is OWN and (last or week.key == PERIOD.before(4)[0].key)
    for number in range(count):
        source = rng.choices(("trustpilot", "schema_org", "survey_file", "feed"), (0.5, 0.27, 0.18, 0.05))[0]
        if brand is not OWN and source == "survey_file":
            source = "trustpilot"
        mix = CRISIS if crisis else MIX
        tone = rng.choices(list(mix), list(mix.values()))[0]
        text = rng.choice(TEXTS[tone])
        if kind == "hostile" and last and brand is OWN and number < len(words.HOSTILE):
            tone, text, source = "worst", words.HOSTILE[number], "trustpilot"
        moment = week.start + timedelta(seconds=rng.randrange(int((week.end - week.start).total_seconds())))
        if crisis and number % 5 < 2:  # two fifths of a crisis is told on its Thursday
            moment = week.start + timedelta(days=3, seconds=rng.randrange(86_000))
        if lost and source == "trustpilot":
            continue
        yield mention(
            brand,
            source,
            tone,
            text,
            moment,
            f"{week.key}-{number}",
            rng,
            bare=kind == "bare",
            late=last and number % 40 == 7,
        )


def mention(  # noqa: PLR0913 (a sample is made of many things)
    brand: Brand,
    source: str,
    tone: str,
    text: str,
    at: datetime,
    native: str,
    rng: random.Random,
    *,
    bare: bool,
    late: bool,
) -> MentionDocument:
    """Return one mention, with everything that analysers say of it unless `bare`."""
    stars, polarity, promoter, passive, delight, irritation = SHAPE[tone]
    asked = source == "survey_file"
    if asked:
        score = min(10, max(0, round(2 * stars + rng.choice((-1, 0, 0, 1)))))
        promoter, passive = float(score >= 9), float(score in (7, 8))
    else:
        score = None
    detractor = max(0.0, round(1 - promoter - passive, 9))
    key = next((info.source_key for info in SOURCES if info.source == source), source)
    found = tuple(name for name, stems in ASPECTS.items() if any(stem in text.casefold() for stem in stems))
    label = "positive" if polarity > 0.2 else "negative" if polarity < -0.2 else "neutral"
    base = MentionDocument(
        id=digest("sample", brand.slug, source, native),
        revision=1,
        mention_kind="survey_answer" if asked else "article" if source == "feed" else "review",
        source=source,
        source_key=key if brand is OWN else f"{source}:{brand.slug}",
        site=source if asked else HOSTS[source],
        entity=brand.slug,
        run_id="r",
        url=None if asked else f"https://{HOSTS[source]}/{brand.slug}/{native}?a=1&b=2",
        brands=(brand.slug,),
        place=rng.choice(PLACES),
        language="en" if " the " in text else "fr",
        text=text,
        author_key=digest("author", native, source)[:24],
        published_at=at,
        published_precision="second",
        period_at=at,
        first_seen_at=at + timedelta(hours=9),
        late=late,
        rating=None if asked or source == "feed" else stars,
        rating_best=None if asked or source == "feed" else 5,
        stars=None if asked or source == "feed" else stars,
        asked_score=score,
    )
    if bare:
        return base
    stages = tuple(dict.fromkeys(STAGE[name] for name in found if name in STAGE))
    p_positive, p_negative = max(0.0, polarity), max(0.0, -polarity)
    balance = promoter - detractor
    return base.model_copy(
        update={
            "sentiment": label,
            "polarity": polarity + rng.uniform(-0.05, 0.05),
            "sentiment_balance": p_positive - p_negative,
            "p_positive": p_positive,
            "p_negative": p_negative,
            "p_neutral": 1 - p_positive - p_negative,
            "advocacy_basis": "asked" if asked else "estimated",
            "p_promoter": promoter,
            "p_passive": passive,
            "p_detractor": detractor,
            "advocacy_balance": balance,
            "advocacy_spread": 0.0 if asked else class_variance(promoter, detractor),
            "delight": delight,
            "irritation": irritation,
            "memory_peak": polarity,
            "memory_end": max(-1.0, min(1.0, polarity + rng.uniform(-0.2, 0.1))),
            "intents": {"best": ("recommends", "tells_others"), "worst": ("warns_off", "leaves")}.get(
                tone, ()
            ),
            "leaves_for": ("arrosoir",) if "Arrosoir" in text else (),
            "effort": EFFORT[tone] if number_of(native) % 3 == 0 else None,
            "effort_score": {"none": 0.0, "some": 0.5, "a_lot": 1.0}[EFFORT[tone]]
            if number_of(native) % 3 == 0
            else None,
            "stages": stages,
            "stage_polarity": tuple(f"{stage}:{label}" for stage in stages),
            "aspects": tuple(AspectDocument(name=name, polarity=label, probability=0.9) for name in found),
            "aspect_names": found,
            "aspect_polarity": tuple(f"{name}:{label}" for name in found),
            "versions": ("advocacy@1", "aspects@1", "delight@1", "sentiment@1"),
        }
    )


def number_of(native: str) -> int:
    """Return the number that a sample's native id ends with."""
    return int(native.rpartition("-")[2])


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
                status = "layout_changed" if bad else "blocked" if refused else "ok"
                yield RunDocument(
                    id=digest("run", key, at.isoformat()),
                    revision=1,
                    source=info.source,
                    source_key=key,
                    brands=(brand.slug,),
                    status=status,
                    reason="la liste des avis : rien sous « article.review » ; le site a sans doute changé de mise en page"
                    if bad
                    else None,
                    started_at=at,
                    finished_at=at + timedelta(minutes=4),
                    requests=12,
                    pages=12,
                    items=0 if bad else 40,
                    rejected=1
                    if kind == "broken" and day == 2 and brand is OWN and info.source == "feed"
                    else 0,
                    refused_by_robots=2
                    if kind == "broken" and day == 2 and brand is OWN and info.source == "feed"
                    else 0,
                )


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
INTRUDER = ("https://gazette.example/enquete-livraisons", "Pousse & Compagnie : ces clients qui attendent toujours leurs plantes", "press", None, -0.8, None, None)  # fmt: skip  # noqa: E501


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
                id=digest("question", query, at.isoformat(), str(rank)), revision=1, snapshot_id=digest("page", query, at.isoformat()),
                source="google_results", source_key="google_results:pousse", run_id="r", engine="google", query=query, query_kind=query_kind,  # noqa: E501
                brands=("pousse",), gl="fr", hl="fr", captured_at=at, type="question", position=20 + rank, rank=rank, title=question,
            )  # fmt: skip


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
                id=f"r{rank}", type="rank_moved", subject_id=f"x{rank}", subject=row[1], url=row[0], before=str(rank), after=str(rank + 1),
                **google, **base,
            )  # fmt: skip
    trust = {"source": "trustpilot", "source_key": "trustpilot:pousse"}
    for number in range(7 if kind == "busy" else 1):
        yield EventDocument(
            id=f"v{number}", type="vanished", subject_id=f"s{number}", before=(*words.WORST, *words.BAD)[number], stars_before=1,
            url=f"https://trustpilot.example/pousse/v{number}", **trust, **base,
        )  # fmt: skip
    yield EventDocument(
        id="d1", type="edited", subject_id="s9", before="Colis arrivé écrasé.", after="Colis arrivé écrasé, mais remboursé dans l'heure : chapeau.",  # noqa: E501
        stars_before=2, stars_after=4, url="https://trustpilot.example/pousse/d1", **trust, **base,
    )  # fmt: skip
