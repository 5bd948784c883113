"""From what was collected and read to the documents that an index holds: pure, so that a rebuild gives the same again."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import AwareDatetime

from ouidire.annotations import Annotations
from ouidire.clock import PRECISIONS, Precision, StatedDate
from ouidire.documents import (
    AspectDocument,
    EvidenceDocument,
    MeasureDocument,
    MentionDocument,
    RunDocument,
    SentenceDocument,
)
from ouidire.documents import FillRate as FillRateDocument
from ouidire.ids import digest, site_of
from ouidire.mention import Mention, RatingSummary
from ouidire.state.items import ItemRecord
from ouidire.state.runs import Run
from ouidire.text.words import indexed
from service.pipeline.index.annotate import AnnotatedMention

EFFORT_SCORE = {"none": 0.0, "some": 0.5, "a_lot": 1.0}
"""Effort on a scale of 0–1, so that its mean is a figure; the steps are ordinal, and the mean is said to be an index."""
RUN_COUNTS = {"requests", "pages", "items", "refused_by_robots", "declared_total", "complete"}
"""The fields of a run's summary that its document has under the same names."""
LATE_DAYS = 8
"""A mention first seen more than a week and a day after its date came too late for the digest of its week."""


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
        replied_at=_fixed(mention.reply.published) if mention.reply else None,
        first_seen_at=row.first_seen_at,
        late=row.late,
        presence=row.presence,
        duplicate_of=row.duplicate_of,
        suspicion=row.suspicion,
        rating=mention.rating.value if mention.rating else None,
        rating_best=mention.rating.best if mention.rating else None,
        stars=mention.rating.stars if mention.rating else None,
        asked_score=mention.asked_score,
        verified=mention.verified,
        likes=mention.likes,
        reach=mention.reach,
        masked=notes.masked,
        versions=notes.versions,
        **_sentiment(notes),
        **_advocacy(notes),
        **_experience(notes),
        **_aspects(notes),
    )


def _fixed(date: StatedDate | None) -> AwareDatetime | None:
    """A date that a page states; one computed from words moves from crawl to crawl and is left out."""
    return None if date is None or date.precision == "relative" else date.at


def _sentiment(notes: Annotations) -> dict[str, Any]:
    said = notes.sentiment
    if said is None:
        return {}
    return {
        "sentiment": said.label,
        "sentiment_abstains": said.abstain,
        "polarity": said.polarity,
        "sentiment_balance": said.p_positive - said.p_negative,
        "p_negative": said.p_negative,
        "p_neutral": said.p_neutral,
        "p_positive": said.p_positive,
        "estimated_stars": sum(share * (number + 1) for number, share in enumerate(said.stars)),
    }


def _advocacy(notes: Annotations) -> dict[str, Any]:
    said = notes.advocacy
    if said is None:
        return {}
    chances = said.probabilities
    balance = chances.promoter - chances.detractor
    best = max(
        ("promoter", chances.promoter),
        ("passive", chances.passive),
        ("detractor", chances.detractor),
        key=lambda each: each[1],
    )
    return {
        "advocacy": best[0],
        "advocacy_basis": said.basis,
        "likelihood": said.likelihood,
        "p_promoter": chances.promoter,
        "p_passive": chances.passive,
        "p_detractor": chances.detractor,
        "advocacy_balance": balance,
        "advocacy_spread": max(0.0, chances.promoter + chances.detractor - balance * balance),
    }


def _experience(notes: Annotations) -> dict[str, Any]:
    evidence = [
        EvidenceDocument(what=what, probability=peak.probability, start=span.start, end=span.end)
        for what, peak in (("delight", notes.delight), ("irritation", notes.irritation))
        if peak is not None
        for span in peak.spans
    ]
    for intent in notes.intents:
        span = intent.span
        evidence.append(
            EvidenceDocument(
                what=f"intent:{intent.name}",
                probability=intent.probability,
                start=span.start if span else None,
                end=span.end if span else None,
                target=intent.target,
            ),
        )
    if notes.effort is not None:
        span = notes.effort.span
        evidence.append(
            EvidenceDocument(
                what=f"effort:{notes.effort.level}",
                probability=notes.effort.probability,
                start=span.start if span else None,
                end=span.end if span else None,
            ),
        )
    return {
        "delight": notes.delight.probability if notes.delight else None,
        "irritation": notes.irritation.probability if notes.irritation else None,
        "intents": _unique(intent.name for intent in notes.intents),
        "leaves_for": _unique(
            intent.target for intent in notes.intents if intent.name == "leaves" and intent.target
        ),
        "effort": notes.effort.level if notes.effort else None,
        "effort_score": EFFORT_SCORE[notes.effort.level] if notes.effort else None,
        "stages": _unique(stage.name for stage in notes.journey),
        "stage_polarity": _unique(
            f"{stage.name}:{_side(stage.polarity)}" for stage in notes.journey if stage.polarity is not None
        ),
        "memory_peak": notes.memory.peak if notes.memory else None,
        "memory_end": notes.memory.end if notes.memory else None,
        "memory_mean": notes.memory.mean if notes.memory else None,
        "evidence": tuple(evidence),
        "sentences": tuple(
            SentenceDocument(start=each.start, end=each.end, polarity=each.polarity, label=each.label)
            for each in notes.sentences
        ),
    }


def _aspects(notes: Annotations) -> dict[str, Any]:
    return {
        "aspects": tuple(
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
        "aspect_names": _unique(each.name for each in notes.aspects),
        "aspect_polarity": _unique(f"{each.name}:{each.polarity}" for each in notes.aspects),
    }


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
        fill_rates=tuple(
            FillRateDocument(field=name, rate=rate, usual=(usual_fill or {}).get(name))
            for name, rate in sorted(rates.items())
        ),
        **counts,
    )


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


def published(mention: Mention, before: ItemRecord | None) -> tuple[AwareDatetime | None, Precision | None]:
    """Return the date to keep: a coarser reading never overwrites a finer one, and of equals the first relative one stays."""
    now = mention.published
    if before is None or before.published_at is None or before.published_precision is None:
        return (now.at, now.precision) if now else (None, None)
    kept = (before.published_at, before.published_precision)
    if now is None or now.precision == before.published_precision == "relative":
        return kept
    coarser = PRECISIONS.index(now.precision) > PRECISIONS.index(before.published_precision)
    return kept if coarser else (now.at, now.precision)


def _side(polarity: float) -> str:
    return "positive" if polarity > 0 else "negative" if polarity < 0 else "neutral"


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
