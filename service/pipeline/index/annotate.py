"""Annotates mentions: masks their texts once, runs the analysers over them, reuses what the state has cached.

What the analysers found in a text at their present versions is loaded from the state; only the rest is
inferred. A text that cannot be analysed is a failure of its own and never stops the others.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from enrichment.base import Subject
from enrichment.privacy import mask
from enrichment.run import Failure, bundled
from ouidire.annotations import Annotations
from ouidire.mention import Mention
from ouidire.settings.configuration import Settings
from ouidire.state.enrichments import CachedAnnotation, load_annotations

CacheRow = tuple[str, str, int, CachedAnnotation]
"""One row of the annotation cache: text key, analyser, version, the fields that it filled."""


class AnnotatedMention(NamedTuple):
    """One mention with its masked texts and its annotations.

    `key` is the cache key of the annotations; `failure` says why there are none; `fresh` are the cache rows
    of what was inferred just now.
    """

    mention: Mention
    title: str | None
    text: str
    reply: str | None
    key: str
    annotations: Annotations
    failure: str | None = None
    fresh: tuple[CacheRow, ...] = ()


class MentionAnnotator:
    """Annotates mentions in batches, with every analyser of the catalogue."""

    def __init__(self, settings: Settings) -> None:
        self._mask_names = settings.privacy.mask_names
        self._enricher = bundled(mask_names=self._mask_names, model=settings.enrichment.model)
        self._versions = dict(_named(label) for label in self._enricher.versions)
        self._fields = {
            name: each.fills
            for name in self._versions
            for each in self._enricher.analysers
            if name.split("+")[0] == each.name
        }

    @property
    def versions(self) -> tuple[str, ...]:
        """The labels of the analysers, as documents name them."""
        return self._enricher.versions

    def annotate(self, connection: Connection, mentions: Sequence[Mention]) -> list[AnnotatedMention]:
        """Return the mentions annotated, in order; `connection` is only read from."""
        subjects = [self._prepare(each) for each in mentions]
        cached = load_annotations(connection, [each.key for each in subjects], self._versions)
        missing = {
            each.key: each for each in subjects if set(cached.get(each.key, {})) != set(self._versions)
        }
        inferred = dict(zip(missing, self._enricher.annotate(list(missing.values())), strict=True))
        annotated = []
        for mention, subject in zip(mentions, subjects, strict=True):
            if subject.key in inferred:
                annotated.append(self._inferred(mention, subject, inferred[subject.key]))
            else:
                annotated.append(self._annotated(mention, subject, self._merged(cached[subject.key])))
        return annotated

    def _prepare(self, mention: Mention) -> Subject:
        return self._enricher.prepare(
            mention.text,
            title=mention.title,
            kind=mention.kind,
            stated_language=mention.language,
            stars=mention.rating.stars if mention.rating else None,
            asked_score=mention.asked_score,
        )

    def _inferred(self, mention: Mention, subject: Subject, found: Annotations | Failure) -> AnnotatedMention:
        if isinstance(found, Failure):
            return self._annotated(mention, subject, Annotations())._replace(failure=found.reason)
        fresh = tuple(self._cache_rows(subject.key, found))
        return self._annotated(mention, subject, found)._replace(fresh=fresh)

    def _annotated(self, mention: Mention, subject: Subject, annotations: Annotations) -> AnnotatedMention:
        reply = mention.reply.text if mention.reply else None
        return AnnotatedMention(
            mention=mention,
            title=subject.title,
            text=subject.text,
            reply=mask(reply, mask_names=self._mask_names)[0] if reply else reply,
            key=subject.key,
            annotations=annotations,
        )

    def _cache_rows(self, key: str, annotations: Annotations) -> Iterator[CacheRow]:
        filled = annotations.model_dump(mode="json", exclude_none=True, exclude={"versions"})
        for name, version in self._versions.items():
            fields = self._fields.get(name, ("masked",))
            yield key, name, version, {each: filled[each] for each in fields if each in filled}

    def _merged(self, cached: dict[str, CachedAnnotation]) -> Annotations:
        merged: dict[str, Any] = {}
        for name in self._versions:
            merged.update(cached[name])
        return Annotations.model_validate({**merged, "versions": self._enricher.versions})


def _named(label: str) -> tuple[str, int]:
    """Return the name and the version of a label: `masking@1+names` is version 1 of `masking+names`."""
    name, _, version = label.partition("@")
    number, plus, variant = version.partition("+")
    return f"{name}{plus}{variant}", int(number)
