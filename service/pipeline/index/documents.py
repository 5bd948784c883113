"""The document of a mention, from what was collected and annotated, and the hashes that show an edit.

Pure, so that a rebuild gives the same again.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import AwareDatetime

from ouidire.annotations import AdvocacyBasis, Annotations, Label, Probabilities, Span
from ouidire.clock import StatedDate
from ouidire.documents import AspectDocument, EvidenceDocument, MentionDocument, SentenceDocument
from ouidire.ids import digest, site_of
from ouidire.measures import PromoterClass, stars_proxy
from ouidire.mention import Mention
from ouidire.state.items import ItemRecord
from ouidire.state.runs import Run
from ouidire.text.words import indexed
from service.pipeline.index.annotate import AnnotatedMention

EFFORT_SCORE = {"none": 0.0, "some": 0.5, "a_lot": 1.0}
"""Effort on a scale of 0–1, so that its mean is a figure; the steps are ordinal: it is called an index."""
SECONDS_A_DAY = 86_400


class SentimentFields(NamedTuple):
    """A document's fields of sentiment; all None where the text was not read."""

    label: Label | None = None
    abstains: bool | None = None
    polarity: float | None = None
    balance: float | None = None
    p_negative: float | None = None
    p_neutral: float | None = None
    p_positive: float | None = None
    estimated_stars: float | None = None
    read_balance: float | None = None


class AdvocacyFields(NamedTuple):
    """A document's fields of advocacy; all None where the text was not read.

    `balance` is the expected contribution to NPS (P(promoter) − P(detractor), −1…1), `spread` its variance.
    Where the author gave stars they alone decide, so that a figure by stars is theirs and nobody's reading.
    """

    class_: PromoterClass | None = None
    basis: AdvocacyBasis | None = None
    likelihood: float | None = None
    p_promoter: float | None = None
    p_passive: float | None = None
    p_detractor: float | None = None
    balance: float | None = None
    spread: float | None = None


class JourneyFields(NamedTuple):
    """A document's stages of the journey, each once, and with the side of its polarity where it has one."""

    stages: tuple[str, ...]
    polarity: tuple[str, ...]


class AspectFields(NamedTuple):
    """A document's aspects, their names, and each name with its polarity, each once."""

    found: tuple[AspectDocument, ...]
    names: tuple[str, ...]
    polarity: tuple[str, ...]


def said_hash(mention: Mention) -> str:
    """Hash what the author said: title, text and ratings. When it changes, the mention was edited."""
    rating = mention.rating
    return digest(
        mention.title or "",
        mention.text,
        f"{rating.value}/{rating.best}" if rating else "",
        str(mention.asked_score),
        size=8,
    )


def content_hash(mention: Mention) -> str:
    """Hash all that a document is made of: what was said, then everything else but dates computed from words.

    The date of publication is left out, since the finest reading of it is kept beside: a page that states it
    less finely than another changes nothing.
    """
    rest: dict[str, Any] = mention.model_dump(
        mode="json", exclude={"title", "text", "rating", "asked_score", "author", "published"}
    )
    extent = rest.pop("extent")
    if extent is not None:  # hashed where former versions kept it, so that no document changes
        rest["extra"]["extent"] = extent
    for name in ("experienced", "updated"):
        if rest[name] is not None and rest[name]["precision"] == "relative":
            rest[name] = None
    if (
        rest["reply"] is not None
        and rest["reply"]["published"] is not None
        and rest["reply"]["published"]["precision"] == "relative"
    ):
        rest["reply"]["published"] = None
    return f"{said_hash(mention)}.{digest(json.dumps(rest, sort_keys=True, ensure_ascii=False), size=8)}"


def mention_document(annotated: AnnotatedMention, row: ItemRecord, run: Run) -> MentionDocument:
    """Return the document of a mention, from its annotations and its record."""
    mention, notes = annotated.mention, annotated.annotations
    language = notes.language.code if notes.language else (mention.language or "und")[:2].lower()
    found = indexed(language, annotated.title, annotated.text)
    sentiment, advocacy = _sentiment(notes), _advocacy(notes, mention)
    journey, aspects = _journey(notes), _aspects(notes)
    return MentionDocument(
        id=row.id,
        revision=row.revision,
        mention_kind=mention.kind,
        source=row.source,
        source_key=row.source_key,
        site=site_of(mention.url) or row.source,
        entity=mention.entity,
        native_id=mention.native_id,
        run_id=run.id,
        url=mention.url,
        brands=row.brands,
        place=mention.place or run.place,
        country=mention.country,
        subject=mention.subject,
        language=language,
        title=annotated.title,
        text=annotated.text,
        stems=found.stems,
        words=found.words,
        reply=annotated.reply,
        author_key=mention.author_key,
        published_at=row.published_at,
        published_precision=row.published_precision,
        period_at=row.published_at or row.first_seen_at,
        experienced_at=_fixed(mention.experienced),
        updated_at=_fixed(mention.updated),
        answered=mention.reply is not None,
        replied_at=_fixed(mention.reply.published) if mention.reply else None,
        reply_days=_reply_days(mention, row),
        answer_state="answered" if mention.reply is not None else None,
        first_seen_at=row.first_seen_at,
        late=row.late,
        presence=row.presence,
        duplicate_of=row.duplicate_of,
        suspicion=row.suspicion,
        emergent=row.emergent,
        rating=mention.rating.value if mention.rating else None,
        rating_best=mention.rating.best if mention.rating else None,
        stars=mention.rating.stars if mention.rating else None,
        asked_score=mention.asked_score,
        verified=mention.verified,
        likes=mention.likes,
        reach=mention.reach,
        masked=notes.masked,
        versions=notes.versions,
        sentiment=sentiment.label,
        sentiment_abstains=sentiment.abstains,
        polarity=sentiment.polarity,
        sentiment_balance=sentiment.balance,
        p_negative=sentiment.p_negative,
        p_neutral=sentiment.p_neutral,
        p_positive=sentiment.p_positive,
        estimated_stars=sentiment.estimated_stars,
        advocacy=advocacy.class_,
        advocacy_basis=advocacy.basis,
        likelihood=advocacy.likelihood,
        p_promoter=advocacy.p_promoter,
        p_passive=advocacy.p_passive,
        p_detractor=advocacy.p_detractor,
        advocacy_balance=advocacy.balance,
        advocacy_spread=advocacy.spread,
        read_balance=sentiment.read_balance,
        delight=notes.delight.probability if notes.delight else None,
        irritation=notes.irritation.probability if notes.irritation else None,
        intents=_unique(intent.name for intent in notes.intents),
        leaves_for=_unique(
            intent.target for intent in notes.intents if intent.name == "leaves" and intent.target
        ),
        effort=notes.effort.level if notes.effort else None,
        effort_score=EFFORT_SCORE[notes.effort.level] if notes.effort else None,
        stages=journey.stages,
        stage_polarity=journey.polarity,
        memory_peak=notes.memory.peak if notes.memory else None,
        memory_end=notes.memory.end if notes.memory else None,
        memory_mean=notes.memory.mean if notes.memory else None,
        evidence=tuple(_evidence(notes)),
        sentences=tuple(
            SentenceDocument(start=each.start, end=each.end, polarity=each.polarity, label=each.label)
            for each in notes.sentences
        ),
        aspects=aspects.found,
        aspect_names=aspects.names,
        aspect_polarity=aspects.polarity,
        vector=notes.vector,
        theme_vectors=notes.theme_vectors,
    )


def _fixed(date: StatedDate | None) -> AwareDatetime | None:
    """Return a date that a page states; one computed from words moves from crawl to crawl and is left out."""
    return None if date is None or date.precision == "relative" else date.at


def _reply_days(mention: Mention, row: ItemRecord) -> float | None:
    """Return how many days a reply took, where both dates are known to the day at least."""
    replied = mention.reply.published if mention.reply else None
    if replied is None or row.published_at is None or mention.kind != "review":
        return None
    if not {replied.precision, row.published_precision} <= {"second", "day"}:
        return None
    return max(0.0, (replied.at - row.published_at).total_seconds() / SECONDS_A_DAY)


def _sentiment(notes: Annotations) -> SentimentFields:
    found = notes.sentiment
    if found is None:
        return SentimentFields()
    return SentimentFields(
        label=found.label,
        abstains=found.abstain,
        polarity=found.polarity,
        balance=found.p_positive - found.p_negative,
        p_negative=found.p_negative,
        p_neutral=found.p_neutral,
        p_positive=found.p_positive,
        estimated_stars=sum(share * (number + 1) for number, share in enumerate(found.stars)),
        read_balance=_balance_read(found.stars),
    )


def _balance_read(stars: Sequence[float]) -> float:
    """Return promoter − detractor (−1…1) as words alone tell it, by the stars that they sound like."""
    signs = {"promoter": 1, "passive": 0, "detractor": -1}
    return sum(share * signs[stars_proxy(number)] for number, share in enumerate(stars, start=1))


def _advocacy(notes: Annotations, mention: Mention) -> AdvocacyFields:
    found = notes.advocacy
    if found is None:
        return AdvocacyFields()
    chances = found.probabilities
    if found.basis == "star_proxy" and mention.rating is not None:
        given = stars_proxy(min(5.0, max(1.0, mention.rating.stars)))
        chances = Probabilities(
            promoter=float(given == "promoter"),
            passive=float(given == "passive"),
            detractor=float(given == "detractor"),
        )
    balance = chances.promoter - chances.detractor
    by_class: dict[PromoterClass, float] = {
        "promoter": chances.promoter,
        "passive": chances.passive,
        "detractor": chances.detractor,
    }
    likeliest: PromoterClass = max(by_class, key=lambda each: by_class[each])
    return AdvocacyFields(
        class_=likeliest,
        basis=found.basis,
        likelihood=found.likelihood,
        p_promoter=chances.promoter,
        p_passive=chances.passive,
        p_detractor=chances.detractor,
        balance=balance,
        spread=max(0.0, chances.promoter + chances.detractor - balance * balance),
    )


def _journey(notes: Annotations) -> JourneyFields:
    return JourneyFields(
        stages=_unique(stage.name for stage in notes.journey),
        polarity=_unique(
            f"{stage.name}:{_side(stage.polarity)}" for stage in notes.journey if stage.polarity is not None
        ),
    )


def _aspects(notes: Annotations) -> AspectFields:
    return AspectFields(
        found=tuple(
            AspectDocument(
                name=each.name,
                polarity=each.polarity,
                probability=each.probability,
                start=each.span.start if each.span else None,
                end=each.span.end if each.span else None,
                sentence=each.sentence,
            )
            for each in notes.aspects
        ),
        names=_unique(each.name for each in notes.aspects),
        polarity=_unique(f"{each.name}:{each.polarity}" for each in notes.aspects),
    )


def _evidence(notes: Annotations) -> Iterator[EvidenceDocument]:
    """Yield the words that show what was found: peaks, then intents, then effort."""
    for what, peak in (("delight", notes.delight), ("irritation", notes.irritation)):
        if peak is not None:
            yield from (_shown(what, peak.probability, span) for span in peak.spans)
    for intent in notes.intents:
        yield _shown(f"intent:{intent.name}", intent.probability, intent.span, target=intent.target)
    if notes.effort is not None:
        yield _shown(f"effort:{notes.effort.level}", notes.effort.probability, notes.effort.span)


def _shown(
    what: str, probability: float, span: Span | None, *, target: str | None = None
) -> EvidenceDocument:
    return EvidenceDocument(
        what=what,
        probability=probability,
        start=span.start if span else None,
        end=span.end if span else None,
        target=target,
    )


def _side(polarity: float) -> str:
    if polarity > 0:
        return "positive"
    return "negative" if polarity < 0 else "neutral"


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
