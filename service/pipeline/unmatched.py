"""What a configuration names and nothing will fill: missing files, brands without a source, unknown places.

It cannot see places that a site or a file names for itself: where there are such sources, only what looks
like a slip of a known place is told.
"""

import difflib
import glob
from collections.abc import Iterator, Sequence
from pathlib import Path

from ouidire.settings.configuration import Settings
from ouidire.settings.editions import Filters
from ouidire.settings.problems import suggestion
from service.pipeline.configured_sources import ConfiguredSource

NAMES_PLACES = frozenset({"google_business", "skeepers", "trustpilot_api", "json_api"})
"""Sources whose mentions name their places themselves, as those of files may."""


def unmatched(settings: Settings, sources: Sequence[ConfiguredSource]) -> list[str]:
    """Return one warning for each thing that a configuration names and that nothing fills."""
    return [
        *_files(sources),
        *_brands(settings, sources),
        *_filters(settings, sources),
    ]


def _files(sources: Sequence[ConfiguredSource]) -> Iterator[str]:
    for each in sources:
        path = getattr(each.params, "path", None)
        if each.source.about.access != "file" or not isinstance(path, str):
            continue
        wanted = Path(path).expanduser()
        if glob.glob(str(wanted)):  # noqa: PTH207 (the pattern is a whole path)
            continue
        beside = sorted(one.name for one in wanted.parent.glob("*")) if wanted.parent.is_dir() else []
        near = difflib.get_close_matches(wanted.name, beside, n=1)
        key = f"source[{each.number}].params.path: no file is there: {path}"
        yield f"{key} (there is {near[0]})" if near else key


def _brands(settings: Settings, sources: Sequence[ConfiguredSource]) -> Iterator[str]:
    if not sources:
        return
    for number, brand in enumerate(settings.brand):
        if not any(not each.settings.brands or brand.slug in each.settings.brands for each in sources):
            yield f"brand[{number}]: no source speaks of {brand.name!r}: nothing will be known of it"


def _filters(settings: Settings, sources: Sequence[ConfiguredSource]) -> Iterator[str]:
    places = sorted({each.settings.place for each in sources if each.settings.place})
    slugs = sorted({each.source.slug for each in sources})
    named = any(each.source.slug in NAMES_PLACES or each.source.about.access == "file" for each in sources)
    filtered: list[tuple[str, Filters]] = [
        *((f"edition[{number}]", each) for number, each in enumerate(settings.edition)),
        *((f"recipient[{number}]", each) for number, each in enumerate(settings.recipient)),
    ]
    for key, each in filtered:
        for place in each.places:
            if place not in places and not (named and not difflib.get_close_matches(place, places, n=1)):
                none = f"{key}.places: no source is of the place {place!r}: this edition would be empty"
                yield f"{none}{suggestion(place, places)}"
        for slug in each.sources:
            if slug not in slugs:
                none = f"no source of the catalogue is configured under the name {slug!r}"
                yield f"{key}.sources: {none}: this edition would be empty{suggestion(slug, slugs)}"
