"""Sixty days of a fictional brand for alerts: quiet ones, and a crisis with a broken source on the last."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ouidire.documents import EventDocument, MentionDocument, RunDocument, SearchResultDocument
from ouidire.ids import digest
from ouidire.settings.brand import Brand
from reports.data.context import SourceInfo

ZONE = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 9, 18, 30, tzinfo=ZONE).astimezone(UTC)  # a Monday evening
OWN = Brand(slug="pousse", name="Pousse & Compagnie", domains=("pousse.example",))
KEYS = {
    "app_store:pousse": ("app_store", "App Store"),
    "schema_org:verdict": ("schema_org", "Verdict Clients"),
}
SEARCH = "google_results:pousse avis"
SOURCES = (
    *(
        SourceInfo(source=slug, source_key=key, title=title, name=title, every=timedelta(hours=6))
        for key, (slug, title) in KEYS.items()
    ),
    SourceInfo(
        source="google_results",
        source_key=SEARCH,
        title="Google",
        name="pousse avis",
        every=timedelta(days=1),
    ),
)
BAD = (
    "Commande jamais reçue, trois relances au service client et aucune réponse depuis dix jours.",
    "Colis arrivé écrasé, les rosiers cassés, et l'on me dit d'attendre encore une semaine.",
    "Débitée deux fois pour la même commande, personne ne décroche, je déconseille vivement.",
)
GOOD = "Très bon accueil à la jardinerie, des plants superbes et des conseils précis pour mon balcon."


def midday(days_ago, hour=12, minute=0):
    local = NOW.astimezone(ZONE) - timedelta(days=days_ago)
    return local.replace(hour=hour, minute=minute).astimezone(UTC)


def mention(key, at, number, *, bad):
    source, _ = KEYS[key]
    return MentionDocument(
        id=digest("m", key, at.isoformat(), str(number)),
        revision=1,
        mention_kind="review",
        source=source,
        source_key=key,
        site="verdict-clients.example" if source == "schema_org" else "apps.apple.com",
        entity="pousse",
        run_id="r",
        url=f"https://verdict-clients.example/avis/{number}",
        brands=("pousse",),
        language="fr",
        text=BAD[number % 3] if bad else GOOD,
        author_key=digest("a", str(number), at.isoformat())[:24],
        published_at=at,
        published_precision="second",
        period_at=at,
        first_seen_at=at,
        rating=1 if bad else 5,
        rating_best=5,
        stars=1 if bad else 5,
        sentiment="negative" if bad else "positive",
        polarity=-0.9 if bad else 0.8,
        sentiment_balance=-0.8 if bad else 0.7,
    )


def day(days_ago, counts, *, bad=0.2, hour=12):
    for key, count in counts.items():
        for number in range(count):
            minute = number % 60
            yield mention(key, midday(days_ago, hour, minute), number, bad=(number * 0.618) % 1 < bad)


def runs(statuses=None, *, days=60):
    """A run of every source each morning at five; `statuses` of the last mornings, by key, oldest first."""
    for info in SOURCES:
        ends = (statuses or {}).get(info.source_key, ())
        for days_ago in range(days, -1, -1):
            status = ends[len(ends) - 1 - days_ago] if days_ago < len(ends) else "ok"
            at = midday(days_ago, 5)
            yield RunDocument(
                id=digest("run", info.source_key, at.isoformat()),
                revision=1,
                source=info.source,
                source_key=info.source_key,
                brands=("pousse",),
                status=status,
                reason="403 après trois essais" if status == "blocked" else None,
                started_at=at,
                finished_at=at,
            )


def usual(seed=1):
    chance = random.Random(seed)
    for days_ago in range(60, 0, -1):
        yield from day(days_ago, {key: chance.randint(3, 7) for key in KEYS})


def vanished(count, days_ago=1, key="schema_org:verdict"):
    for number in range(count):
        yield EventDocument(
            id=digest("event", key, str(days_ago), str(number)),
            revision=1,
            type="vanished",
            at=midday(days_ago, 5),
            run_id="r",
            source="schema_org",
            source_key=key,
            brands=("pousse",),
            subject_id=digest("s", str(number)),
            url=f"https://verdict-clients.example/avis/v{number}",
            before="Une équipe formidable, <b>je recommande</b> les yeux fermés." if number else "",
            stars_before=5.0 if number % 2 else 4.0,
        )


def hostile(query="pousse avis", *, entered=True, stance="hostile", left=False, key=SEARCH):
    at = midday(0, 5)
    url = "https://forum.example/pousse-arnaque"
    shared = {"run_id": "s", "source": "google_results", "source_key": key, "brands": ("pousse",)}
    if entered:
        moves = [("entrant", at), *([("exit", at + timedelta(hours=6))] if left else [])]
        for kind, moment in moves:
            yield EventDocument(
                id=digest(kind, query),
                revision=1,
                type=kind,
                at=moment,
                subject_id=digest("r", url),
                url=url,
                query=query,
                **shared,
            )
    yield SearchResultDocument(
        id=digest("result", query),
        revision=1,
        snapshot_id=digest("snapshot", query),
        engine="google",
        query=query,
        query_kind="brand",
        captured_at=at,
        type="organic",
        position=4,
        rank=4,
        url=url,
        canonical_url=url,
        domain="forum.example",
        title="Pousse & Compagnie : arnaque ? <script>",
        snippet="Plus de cent clients racontent leurs commandes jamais reçues.",
        stance=stance,
        stance_probability=0.9 if stance else None,
        **shared,
    )
