"""Run the analysers over batches of texts: mask first, then each analyser after those it requires.

The result of a text depends on that text alone. A text on which an analyser fails gets a `Failure`; the
others go on. Where it is not the text's doing (no disk, no memory, a model that does not fit), nothing is
analysed. This module cannot see what was enriched before: `Subject.key` and `Enricher.versions` are what
a caller keeps annotations by.
"""

import json
import os
from collections.abc import Sequence
from typing import Any, Final

from pydantic import ValidationError

from enrichment import ANALYSERS, load
from enrichment.base import Analyser, ModelFilesError, Subject
from enrichment.privacy import VERSION as MASKING_VERSION
from enrichment.privacy import mask
from ouidire.annotations import Annotations
from ouidire.errors import AnalysisUnavailable, ConfigError
from ouidire.frozen import Frozen
from ouidire.ids import text_hash
from ouidire.mention import MentionKind

MACHINE: Final = (OSError, MemoryError, ImportError, ModelFilesError)
"""What no text is the cause of: trying each text alone would keep all of them from ever being read."""
MASKING = f"masking@{MASKING_VERSION}"


class Failure(Frozen):
    """A text that could not be analysed. `reason` names the analyser and the error, never the text."""

    reason: str


class BrokenContractError(Exception):
    """An analyser returned what the contract forbids; its message never quotes a text."""


class Enricher:
    """Runs a set of analysers; `mask_names` also masks the first names of staff."""

    def __init__(self, analysers: Sequence[Analyser], *, mask_names: bool = False) -> None:
        self.analysers = ordered(analysers)
        self.mask_names = mask_names

    @property
    def versions(self) -> tuple[str, ...]:
        """The labels (`name@version`) of masking and analysers in execution order, e.g. `language@1`."""
        masking = f"{MASKING}+names" if self.mask_names else MASKING
        return (masking, *(_label(each) for each in self.analysers if each.version is not None))

    def prepare(
        self,
        text: str,
        *,
        title: str | None = None,
        kind: MentionKind = "review",
        stated_language: str | None = None,
        stars: float | None = None,
        asked_score: float | None = None,
    ) -> Subject:
        """Return one collected text as analysers see it: title and text masked, with its cache key.

        `stars` (0–5) and `asked_score` (0–10) are what the author gave; raises ValidationError beyond them.
        """
        masked_text, kinds = mask(text, mask_names=self.mask_names)
        masked_title, title_kinds = mask(title, mask_names=self.mask_names) if title else (title, ())
        subject = Subject(
            text=masked_text,
            title=masked_title,
            kind=kind,
            stated_language=stated_language,
            stars=stars,
            asked_score=asked_score,
            done=Annotations(masked=tuple(sorted({*kinds, *title_kinds}))),
        )
        seen = (text, title, kind, stated_language, subject.stars, subject.asked_score)
        return subject.model_copy(update={"key": text_hash(json.dumps(seen))})

    def annotate(self, batch: Sequence[Subject]) -> list[Annotations | Failure]:
        """Return the annotations of each prepared text, in order; spans are offsets into `Subject.text`.

        Texts may have any length, the batch any size. Raises AnalysisUnavailable where the machine or
        the model fails, and not the text.
        """
        subjects: list[Subject | Failure] = list(batch)
        for analyser in self.analysers:
            alive = [index for index, subject in enumerate(subjects) if isinstance(subject, Subject)]
            whole = [subject for subject in subjects if isinstance(subject, Subject)]
            for index, outcome in zip(alive, _run(analyser, whole), strict=True):
                subjects[index] = outcome
        return [
            subject.done.model_copy(update={"versions": self.versions})
            if isinstance(subject, Subject)
            else subject
            for subject in subjects
        ]


def _label(analyser: Analyser) -> str:
    """Return `name@version`, and after a plus what stands in for the bundled model, if anything does."""
    label = _versioned_name(analyser)
    return f"{label}+{analyser.variant}" if analyser.variant else label


def _versioned_name(analyser: Analyser) -> str:
    return analyser.name if analyser.version is None else f"{analyser.name}@{analyser.version}"


def bundled(*, mask_names: bool = False, model: str | None = None) -> Enricher:
    """Return an enricher with every analyser of the catalogue.

    `model` ("hub:<name>") reads in the bundled encoder's place; raises ConfigError when it cannot be loaded.
    """
    analysers = [load(name, ANALYSERS) for name in ANALYSERS]
    if model:
        from enrichment.analysers.encode import ReadingAnalyser
        from enrichment.models.hub import HubReader

        place = list(ANALYSERS).index("reading")
        analysers[place] = ReadingAnalyser(HubReader(model.removeprefix("hub:")))
    return Enricher(analysers, mask_names=mask_names)


def ordered(analysers: Sequence[Analyser]) -> tuple[Analyser, ...]:
    """Order analysers so that each comes after those it requires, ties in the order given.

    Raises ConfigError for a missing or twice-named analyser, a cycle, one that fills annotations without a
    version, or two that fill a field without one requiring the other.
    """
    names = [analyser.name for analyser in analysers]
    problems = [
        f"analyser {name!r} is listed twice: keep one"
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    problems += [
        f"analyser {analyser.name!r} requires {required!r}, which is not enabled: "
        f"enable it or drop {analyser.name!r}"
        for analyser in analysers
        for required in analyser.requires
        if required not in names
    ]
    if problems:
        raise ConfigError(problems)
    waiting = list(analysers)
    placed: list[Analyser] = []
    while waiting:
        done = {analyser.name for analyser in placed}
        ready = next((analyser for analyser in waiting if done.issuperset(analyser.requires)), None)
        if ready is None:
            circle = ", ".join(analyser.name for analyser in waiting)
            raise ConfigError(
                [f"analysers require one another in a circle: {circle}. Remove one of these requirements"]
            )
        waiting.remove(ready)
        placed.append(ready)
    _check_fields(placed)
    return tuple(placed)


def _check_fields(placed: Sequence[Analyser]) -> None:
    owners: dict[str, str] = {}
    for analyser in placed:
        if analyser.version is None and analyser.attaches is None:
            raise ConfigError([f"analyser {analyser.name!r} has no version: results are cached by it"])
        for field in analyser.fills:
            if field not in Annotations.model_fields:
                raise ConfigError(
                    [f"analyser {analyser.name!r} fills {field!r}, which annotations do not have"]
                )
            if field in owners and owners[field] not in analyser.requires:
                both = f"analysers {owners[field]!r} and {analyser.name!r} both fill {field!r}"
                raise ConfigError([f"{both}: let one require the other"])
            owners[field] = analyser.name


def _run(analyser: Analyser, subjects: Sequence[Subject]) -> list[Subject | Failure]:
    """Run one analyser over the batch; where that fails, over each text alone, so that the others go on."""
    try:
        return _attempt(analyser, subjects)
    except MACHINE as error:
        what = f"{_versioned_name(analyser)}: {_error_name(error)}"
        raise AnalysisUnavailable(
            f"texts cannot be analysed here ({what}): see to disk, memory and installation; "
            "what was collected waits"
        ) from error
    except Exception as error:  # noqa: BLE001 (an analyser may fail in any way; the batch must go on)
        if len(subjects) == 1:
            return [Failure(reason=f"{_versioned_name(analyser)}: {_error_name(error)}")]
        return [outcome for subject in subjects for outcome in _run(analyser, [subject])]


def _attempt(analyser: Analyser, subjects: Sequence[Subject]) -> list[Subject | Failure]:
    if not subjects:
        return []
    results = analyser.analyse(subjects)
    if len(results) != len(subjects):
        message = f"{len(results)} results for {len(subjects)} texts"
        raise BrokenContractError(message)
    return [_updated(analyser, subject, found) for subject, found in zip(subjects, results, strict=True)]


def _updated(analyser: Analyser, subject: Subject, found: dict[str, Any]) -> Subject:
    """Set what was found, validated; a field that the analyser does not declare is an error."""
    if analyser.attaches is not None:
        return subject.model_copy(update={analyser.attaches: found.get(analyser.attaches)})
    strange = sorted(set(found) - set(analyser.fills))
    if strange:
        message = f"fills undeclared {', '.join(strange)}"
        raise BrokenContractError(message)
    Annotations(**found)
    return subject.model_copy(update={"done": subject.done.model_copy(update=found)})


def _error_name(error: Exception) -> str:
    """Name an error without its message, which may quote the text; our own ValueErrors do not."""
    if isinstance(error, BrokenContractError | ModelFilesError):
        return str(error)
    if isinstance(error, ValidationError):
        places = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        return f"an annotation out of range ({places})"
    reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else ""
    return f"{type(error).__name__}, {reason}" if reason else type(error).__name__
