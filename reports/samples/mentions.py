"""Mentions of the samples' brands: as many of each tone as a usual or a critical week has, fully analysed."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from ouidire.annotations import Label
from ouidire.documents import AspectDocument, MentionDocument
from ouidire.ids import digest
from ouidire.measures import class_variance
from ouidire.mention import MentionKind
from ouidire.period import Period
from ouidire.settings.brand import Brand
from reports.samples import words
from reports.samples.brand import HOSTS, OWN, PERIOD, PLACES, SOURCES, SampleKind

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
BEST_STARS = 5
ANSWERED = ("best", "plain")
"""The tones of the reviews that the brand answered: the pleasant ones, as shops do."""
EFFORT = {"best": "none", "good": "none", "plain": "some", "bad": "some", "worst": "a_lot"}
STAGE = {
    "delivery": "delivery",
    "staff": "purchase",
    "product_quality": "use",
    "customer_service": "customer_service",
    "speed": "purchase",
}
MENTION_KIND: dict[str, MentionKind] = {"survey_file": "survey_answer", "feed": "article"}
TEXTS = {"best": words.BEST, "good": words.GOOD, "plain": words.PLAIN, "bad": words.BAD, "worst": words.WORST}


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
    """Return one mention, with its annotations unless `bare`."""
    stars, polarity, promoter, passive, delight, irritation = SHAPE[tone]
    asked = source == "survey_file"
    read_balance = round(2 * promoter + passive - 1, 9)  # promoter − detractor, as words tell it
    if asked:
        score = min(10, max(0, round(2 * stars + rng.choice((-1, 0, 0, 1)))))
        promoter, passive = float(score >= 9), float(score in (7, 8))
    else:
        score = None
    starred = not asked and source != "feed"
    if starred:
        promoter, passive = float(stars == BEST_STARS), float(stars == BEST_STARS - 1)
    detractor = max(0.0, round(1 - promoter - passive, 9))
    key = next((info.source_key for info in SOURCES if info.source == source), source)
    found = tuple(name for name, stems in ASPECTS.items() if any(stem in text.casefold() for stem in stems))
    label = label_of(polarity)
    base = MentionDocument(
        id=digest("sample", brand.slug, source, native),
        revision=1,
        mention_kind=MENTION_KIND.get(source, "review"),
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
        first_seen_at=at + timedelta(hours=6),
        late=late,
        rating=stars if starred else None,
        rating_best=BEST_STARS if starred else None,
        stars=stars if starred else None,
        asked_score=score,
        reply="Merci de votre passage, et à bientôt." if starred and tone in ANSWERED else None,
        answered=bool(starred and tone in ANSWERED),
        replied_at=at + timedelta(days=1) if starred and tone in ANSWERED else None,
        reply_days=1.0 if starred and tone in ANSWERED else None,
        answer_state="answered" if starred and tone in ANSWERED else None,
    )
    if bare:
        return base
    basis = "asked" if asked else "estimated"
    basis = "star_proxy" if starred else basis
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
            "advocacy_basis": basis,
            "p_promoter": promoter,
            "p_passive": passive,
            "p_detractor": detractor,
            "advocacy_balance": balance,
            "advocacy_spread": class_variance(promoter, detractor),
            "read_balance": read_balance,
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


def label_of(polarity: float) -> Label:
    """Return the sentiment label of a polarity (−1…1)."""
    if polarity > 0.2:
        return "positive"
    return "negative" if polarity < -0.2 else "neutral"


def number_of(native: str) -> int:
    """Return the number that a sample's native id ends with."""
    return int(native.rpartition("-")[2])
