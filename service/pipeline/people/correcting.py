"""Corrections of what was read of mentions: asked for in words, checked, written to the state, undone.

A correction takes effect at the next pass, in every figure, and is kept over rebuilds and reparses. What a
person says of words holds for these words: when the author edits the text, it is read anew.
"""

from collections.abc import Mapping, Sequence
from typing import get_args

from enrichment.lexicons.taxonomy import aspects
from ouidire.annotations import Label
from ouidire.documents import MentionDocument
from ouidire.errors import UsageError
from ouidire.index import Query, Term
from ouidire.measures import PromoterClass
from ouidire.state.people.audit import record_action
from ouidire.state.people.corrections import (
    Corrected,
    Correction,
    CorrectionField,
    SecondReading,
    load_corrections,
    save_corrections,
    save_second_reading,
)
from service.pipeline.index.decisions.apply import words_of
from service.pipeline.people.side import DecisionSide, mention_of

FIELDS: tuple[CorrectionField, ...] = get_args(CorrectionField)
SIDES: tuple[str, ...] = get_args(Label)
CLASSES: tuple[str, ...] = get_args(PromoterClass)
NONE = ("", "none")
"""What a person writes for nothing: no place that is known, no mention that it repeats."""
LONGEST_PLACE = 200
Known = Mapping[str, float | str | tuple[str, ...] | None]
"""What was read of a field, with its chances."""


def correct(
    installation: DecisionSide, mention_id: str, values: Mapping[str, str], *, by: str
) -> list[Correction]:
    """Record a person's values for fields of a mention; the last one given for a field holds.

    Raises UsageError for a mention that there is not, for a field or value that there is not, and for a
    promoter class where the author was asked: the author's own score stands.
    """
    document = mention_of(installation, mention_id)
    if not values:
        raise UsageError(f"say what to correct, like side=negative; fields are {', '.join(FIELDS)}")
    checked = {
        field: checked_value(installation, document, field, text)
        for field, text in ((field_named(name), text) for name, text in values.items())
    }
    now = installation.clock()
    with installation.state.begin() as connection:
        before = {each.field: each for each in load_corrections(connection, [mention_id]).get(mention_id, ())}
        made = [
            Correction(
                mention_id=mention_id,
                field=field,
                value=value,
                said=words_of(document),
                model=model_of(document, field, before.get(field)),
                by=by,
                at=now,
            )
            for field, value in checked.items()
        ]
        save_corrections(connection, made)
        record_action(
            connection, "correct", by=by, at=now, subject=mention_id, detail=", ".join(sorted(checked))
        )
    return made


def undo(
    installation: DecisionSide, mention_id: str, fields: Sequence[str] = (), *, by: str
) -> list[Correction]:
    """Withdraw what was corrected of a mention, all of it where no field is named.

    Raises UsageError where nothing of it was corrected.
    """
    named = {field_named(each) for each in fields}
    now = installation.clock()
    with installation.state.begin() as connection:
        standing = [
            each
            for each in load_corrections(connection, [mention_id]).get(mention_id, ())
            if not each.withdrawn and (not named or each.field in named)
        ]
        if not standing:
            raise UsageError(f"nothing of {mention_id} is corrected; `ouidire correct list` shows what is")
        withdrawn = [
            each.model_copy(update={"withdrawn": True, "pending": True, "at": now, "by": by})
            for each in standing
        ]
        save_corrections(connection, withdrawn)
        undone = ", ".join(each.field for each in withdrawn)
        record_action(connection, "undo", by=by, at=now, subject=mention_id, detail=undone)
    return withdrawn


def read_again(
    installation: DecisionSide, mention_id: str, values: Mapping[str, str], *, by: str
) -> list[SecondReading]:
    """Record a second person's values for fields that a first one corrected.

    Raises UsageError where the first one did not, or is the same person.
    """
    document = mention_of(installation, mention_id)
    now = installation.clock()
    with installation.state.begin() as connection:
        first = {
            each.field: each
            for each in load_corrections(connection, [mention_id]).get(mention_id, ())
            if not each.withdrawn
        }
        readings = []
        for name, text in values.items():
            field = field_named(name)
            if field not in first:
                raise UsageError(f"{field} of {mention_id} has no first reading: leave --second out")
            if first[field].by == by:
                raise UsageError(f"{by} has read {field} of {mention_id} before: a second reader is another")
            value = checked_value(installation, document, field, text)
            readings.append(SecondReading(mention_id=mention_id, field=field, value=value, by=by, at=now))
        for each in readings:
            save_second_reading(connection, each)
        read = ", ".join(each.field for each in readings)
        record_action(connection, "second_reading", by=by, at=now, subject=mention_id, detail=read)
    return readings


def field_named(name: str) -> CorrectionField:
    """Return the field of a name. Raises UsageError for one that there is not."""
    for field in FIELDS:
        if field == name:
            return field
    raise UsageError(f"{name!r} cannot be corrected; fields are {', '.join(FIELDS)}")


def checked_value(  # noqa: PLR0911 (one for each field)
    installation: DecisionSide, document: MentionDocument, field: CorrectionField, text: str
) -> Corrected:
    """Return a person's words for a field as its value. Raises UsageError, with what could be said."""
    text = text.strip()
    match field:
        case "side":
            return _one_of(text, SIDES, "a side")
        case "advocacy":
            if document.asked_score is not None:
                asked = f"{document.id} has an asked score ({document.asked_score:g}/10)"
                raise UsageError(f"{asked}: the author's own answer is its class")
            return _one_of(text, CLASSES, "a class")
        case "themes":
            return _themes(text)
        case "place":
            return _place(installation, text)
        case "irrelevant":
            if text != "true":
                raise UsageError("write irrelevant=true; `ouidire correct undo` takes it back")
            return True
        case "brands":
            known = tuple(each.slug for each in installation.settings.brand)
            return tuple(sorted({_one_of(each.strip(), known, "a brand") for each in text.split(",")}))
        case "duplicate":
            return _original(installation, document, text)


def _one_of(text: str, known: Sequence[str], what: str) -> str:
    if text not in known:
        raise UsageError(f"{text!r} is no such thing as {what}; choose among {', '.join(known)}")
    return text


def _themes(text: str) -> tuple[str, ...]:
    if text in NONE:
        return ()
    known = sorted(aspects())
    themes = []
    for each in text.split(","):
        name, _, side = each.strip().partition(":")
        themes.append(f"{_one_of(name, known, 'a theme')}:{_one_of(side, SIDES, 'a side of a theme')}")
    return tuple(dict.fromkeys(themes))


def _place(installation: DecisionSide, text: str) -> str:
    if text in NONE:
        return ""
    if len(text) > LONGEST_PLACE:
        raise UsageError(f"the name of a place has {LONGEST_PLACE} characters at most")
    known = {str(bucket.value) for bucket in installation.index.facet(Query(), "place", size=10_000)}
    known |= {each.place for each in installation.settings.source if each.place}
    if text not in known:
        listed = ", ".join(sorted(known)[:20]) or "none"
        raise UsageError(f"no place is called {text!r}; known ones are {listed}")
    return text


def _original(installation: DecisionSide, document: MentionDocument, text: str) -> str:
    if text in NONE:
        return ""
    original = mention_of(installation, text)
    if original.id == document.id:
        raise UsageError(f"{document.id} cannot be a copy of itself")
    if original.duplicate_of is not None:
        raise UsageError(f"{text} is itself a copy of {original.duplicate_of}: name that one")
    copies = installation.index.sums(Query(where=(Term(field="duplicate_of", any_of=(document.id,)),))).n
    if copies:
        raise UsageError(f"{document.id} has {copies} copies of its own: correct them first")
    return original.id


def model_of(document: MentionDocument, field: CorrectionField, before: Correction | None = None) -> Known:
    """Return what was read of a field; where a person had corrected it already, what was read then."""
    if before is not None and field in document.corrected:
        return before.model
    fields: Mapping[CorrectionField, tuple[str, ...]] = {
        "side": ("sentiment", "p_negative", "p_neutral", "p_positive"),
        "advocacy": ("advocacy", "advocacy_basis", "p_promoter", "p_passive", "p_detractor"),
        "themes": ("aspect_polarity",),
        "place": ("place",),
        "irrelevant": ("brands",),
        "brands": ("brands",),
        "duplicate": ("duplicate_of",),
    }
    return {name: getattr(document, name) for name in fields[field]}
