"""Texts to readings: masked, analysed, remembered.

What the analysers said of a text at their present versions is recalled from the state; only the rest is
inferred. A text that cannot be read is a failure of its own and never stops the others.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from enrichment.privacy import mask
from enrichment.run import Failure, RawText, bundled, cache_key
from ouidire.annotations import Annotations
from ouidire.mention import Mention
from ouidire.settings.configuration import Settings
from ouidire.state.enrichments import CachedAnnotation, load_annotations
from service.pipeline.index.documents import ReadMention


class AnnotatedMention(NamedTuple):
    """One mention, read. Texts are masked; `key` names what was inferred; `failure` says why nothing was."""

    title: str | None
    text: str
    reply: str | None
    masked: tuple[str, ...]
    key: str
    annotations: Annotations
    failure: str | None = None
    fresh: tuple[tuple[str, str, int, CachedAnnotation], ...] = ()

    def of(self, mention: Mention) -> ReadMention:
        """Return the mention with what was read of it, as documents are composed of."""
        return ReadMention(
            mention=mention,
            title=self.title,
            text=self.text,
            reply=self.reply,
            masked=self.masked,
            annotations=self.annotations,
        )


class MentionAnnotator:
    """Reads mentions in batches, with every analyser of the catalogue."""

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
        """What speaks today, as documents name it."""
        return self._enricher.versions

    def read(self, connection: Connection, mentions: Sequence[Mention]) -> list[AnnotatedMention]:
        """Return the readings of mentions, in order; `connection` is only read from."""
        raws = [_raw(each) for each in mentions]
        keys = [cache_key(raw) for raw in raws]
        remembered = load_annotations(connection, keys, self._versions)
        missing = [
            number for number, key in enumerate(keys) if set(remembered.get(key, {})) != set(self._versions)
        ]
        inferred = dict(
            zip(missing, self._enricher.annotate([raws[number] for number in missing]), strict=True)
        )
        return [
            self._reading(
                mention,
                key,
                inferred[number] if number in inferred else self._recalled(remembered[key]),
                fresh=number in inferred,
            )
            for number, (mention, key) in enumerate(zip(mentions, keys, strict=True))
        ]

    def _reading(
        self, mention: Mention, key: str, notes: Annotations | Failure, *, fresh: bool
    ) -> AnnotatedMention:
        title = self._masked(mention.title)
        text = self._masked(mention.text) or ""
        reply = self._masked(mention.reply.text) if mention.reply else None
        if isinstance(notes, Failure):
            return AnnotatedMention(title, text, reply, (), key, Annotations(), failure=notes.reason)
        said = tuple(self._said(key, notes)) if fresh else ()
        return AnnotatedMention(title, text, reply, notes.masked, key, notes, fresh=said)

    def _said(self, key: str, notes: Annotations) -> list[tuple[str, str, int, CachedAnnotation]]:
        plain = notes.model_dump(mode="json", exclude_none=True, exclude={"versions"})
        fields = {
            **self._fields,
            **{name: ("masked",) for name in self._versions if name not in self._fields},
        }
        return [
            (key, name, version, {each: plain[each] for each in fields[name] if each in plain})
            for name, version in self._versions.items()
        ]

    def _recalled(self, said: dict[str, CachedAnnotation]) -> Annotations:
        merged: dict[str, Any] = {}
        for name in self._versions:
            merged.update(said[name])
        return Annotations.model_validate({**merged, "versions": self._enricher.versions})

    def _masked(self, text: str | None) -> str | None:
        return mask(text, mask_names=self._mask_names)[0] if text else text


def _raw(mention: Mention) -> RawText:
    return RawText(
        text=mention.text,
        title=mention.title,
        kind=mention.kind,
        stated_language=mention.language,
        stars=mention.rating.stars if mention.rating else None,
        asked_score=mention.asked_score,
    )


def _named(label: str) -> tuple[str, int]:
    """`masking@1+names` is version 1 of `masking+names`."""
    name, _, version = label.partition("@")
    number, plus, variant = version.partition("+")
    return f"{name}{plus}{variant}", int(number)
