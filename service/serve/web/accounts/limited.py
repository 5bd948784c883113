"""An installation as somebody sees it: its configuration and index within their limits.

Whatever a page reads, it reads of this one, so that no page has to think of limits.
"""

from collections.abc import Sequence
from copy import copy

from ouidire.index import MentionIndex
from ouidire.settings.configuration import Settings, SourceSettings
from ouidire.state.people.accounts import SightLimits
from search.limited import LimitedReader
from service.pipeline.installation import Installation


def limited_settings(settings: Settings, limits: SightLimits) -> Settings:
    """Return a configuration without the brands, and the sources, that are out of sight."""
    if not limits.limited:
        return settings
    brands, places = set(limits.brands), set(limits.places)

    def in_sight(each: SourceSettings) -> bool:
        ours = not brands or bool(brands.intersection(each.brands))
        return ours and (not places or each.place is None or each.place in places)

    sources = tuple(_within(each, brands) for each in settings.source if in_sight(each))
    kept = tuple(each for each in settings.brand if not brands or each.slug in brands)
    return settings.model_copy(update={"brand": kept, "source": sources})


def limited_reader(index: MentionIndex, limits: SightLimits, *, source_keys: Sequence[str]) -> MentionIndex:
    """Return the reading side of an index within limits; `source_keys` are those of sources in sight."""
    if not limits.limited:
        return index
    return LimitedReader(index, brands=limits.brands, places=limits.places, source_keys=source_keys)


def limited_installation(
    installation: Installation, settings: Settings, reader: MentionIndex
) -> Installation:
    """Return an installation whose configuration and index are those given; the state is the same."""
    _ = installation.state  # opened once, for both
    seen = copy(installation)
    seen.settings = settings
    seen.__dict__["index"] = reader
    return seen


def _within(source: SourceSettings, brands: set[str]) -> SourceSettings:
    if not brands:
        return source
    kept = tuple(each for each in source.brands if each in brands)
    return source.model_copy(update={"brands": kept})
