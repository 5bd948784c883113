"""A mention's document as people have decided of it.

Pure, and the same again when applied twice: whoever writes a document may have read it from the index. What a
person says of words holds for these words alone: an edited text is read anew. Figures are sums of the fields
written here; evidence, sentences and peaks stay as analysers found them.
"""

from collections.abc import Mapping
from typing import Any, cast

from ouidire.annotations import Label
from ouidire.documents import AspectDocument, MentionDocument
from ouidire.ids import digest
from ouidire.measures import PromoterClass
from ouidire.state.people.corrections import OF_WORDS, Correction
from ouidire.state.people.decisions import Decisions

SIDES: Mapping[Label, tuple[float, float, float]] = {
    "negative": (1.0, 0.0, 0.0),
    "neutral": (0.0, 1.0, 0.0),
    "positive": (0.0, 0.0, 1.0),
    "mixed": (0.5, 0.0, 0.5),
}
"""The chances of negative, neutral and positive that a person's word stands for."""
CLASSES: tuple[PromoterClass, ...] = ("promoter", "passive", "detractor")


def words_of(document: MentionDocument) -> str:
    """Return a hash of a mention's words, by which a correction knows what it was made of."""
    return digest("words", document.title or "", document.text)


def with_decisions(document: MentionDocument, decisions: Decisions) -> MentionDocument:
    """Return the document of a mention with what was decided of it."""
    corrected = _with_corrections(document, decisions)
    return _with_task(corrected, decisions)


def standing(document: MentionDocument, decisions: Decisions) -> tuple[Correction, ...]:
    """Return the corrections that hold for a document as it is: not withdrawn, and of these very words."""
    words = words_of(document)
    return tuple(
        each
        for each in decisions.corrections
        if not each.withdrawn and (each.field not in OF_WORDS or each.said == words)
    )


def _with_task(document: MentionDocument, decisions: Decisions) -> MentionDocument:
    """Return the document with its answer's state; a reply that its source shows answers for itself."""
    if decisions.task is None or document.reply is not None:
        return document
    state = None if decisions.task.state == "new" else decisions.task.state
    return document.model_copy(update={"answer_state": state})


def _with_corrections(document: MentionDocument, decisions: Decisions) -> MentionDocument:
    found = standing(document, decisions)
    if not found:
        return document
    update: dict[str, Any] = {"corrected": tuple(sorted(each.field for each in found))}
    for each in found:
        update |= _update(document, each)
    return document.model_copy(update=update)


def _update(document: MentionDocument, correction: Correction) -> dict[str, Any]:  # noqa: PLR0911 (one for each field)
    value = correction.value
    match correction.field:
        case "side":
            return _side(cast("Label", value))
        case "advocacy":
            return _advocacy(cast("PromoterClass", value))
        case "themes":
            return _themes(document, cast("tuple[str, ...]", value))
        case "place":
            return {"place": value or None}
        case "duplicate":
            return {"duplicate_of": value or None}
        case "irrelevant":
            return {"brands": (), "brands_collected": document.brands_collected or document.brands}
        case "brands":
            return {"brands": value, "brands_collected": document.brands_collected or document.brands}


def _side(side: Label) -> dict[str, Any]:
    negative, neutral, positive = SIDES[side]
    return {
        "sentiment": side,
        "sentiment_abstains": False,
        "polarity": positive - negative,
        "sentiment_balance": positive - negative,
        "p_negative": negative,
        "p_neutral": neutral,
        "p_positive": positive,
    }


def _advocacy(class_: PromoterClass) -> dict[str, Any]:
    promoter, passive, detractor = (float(class_ == each) for each in CLASSES)
    return {
        "advocacy": class_,
        "p_promoter": promoter,
        "p_passive": passive,
        "p_detractor": detractor,
        "advocacy_balance": promoter - detractor,
        "advocacy_spread": 0.0,
    }


def _themes(document: MentionDocument, themes: tuple[str, ...]) -> dict[str, Any]:
    """Return the aspects that a person names; one that was found keeps its words."""
    found = {f"{each.name}:{each.polarity}": each for each in document.aspects}
    aspects = []
    for theme in themes:
        name, _, side = theme.partition(":")
        aspects.append(found.get(theme) or AspectDocument(name=name, polarity=side, probability=1.0))
    return {
        "aspects": tuple(aspects),
        "aspect_names": tuple(dict.fromkeys(each.name for each in aspects)),
        "aspect_polarity": themes,
    }
