"""Texts to readings: masked, analysed, remembered.

What analysers said of a text at their present versions is recalled from the state; only the rest is inferred. A text that
cannot be read is a failure of its own and never stops the others.
"""

from typing import NamedTuple

from enrichment.run import Enricher

from ouidire.annotations import Annotations
from ouidire.settings import Settings
from ouidire.state.enrichments import Said


class Reading(NamedTuple):
    """One mention, read. Texts are masked; `key` names what was inferred; `failure` says why nothing was."""

    title: str | None
    text: str
    reply: str | None
    masked: tuple[str, ...]
    key: str
    annotations: Annotations
    failure: str | None = None
    fresh: tuple[tuple[str, str, int, Said], ...] = ()


class Reader:
    """Reads mentions in batches."""

    def __init__(self, settings: Settings) -> None:
        self._enricher = Enricher()
        self._mask_names = settings.privacy.mask_names
        self._batch = settings.enrichment.batch
