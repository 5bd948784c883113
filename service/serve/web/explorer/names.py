"""What brands and sources are called, as the configuration says."""

from collections.abc import Mapping, Sequence

from ouidire.errors import ConfigError
from ouidire.settings.configuration import Settings
from ouidire.state.themes import ThemeRecord
from service.pipeline.configured_sources import ConfiguredSource, configured_sources
from service.pipeline.source_names import source_names


def names_of(
    settings: Settings, sources: Sequence[ConfiguredSource], themes: Sequence[ThemeRecord] = ()
) -> Mapping[str, Mapping[str, str]]:
    """Return the names of brands, source keys and themes that came up, by filter and value."""
    return {
        "brand": {brand.slug: brand.name for brand in settings.brand},
        "emergent": {theme.id: theme.title for theme in themes},
        "key": {key: name.whole for key, name in source_names(settings, sources).items()},
    }


def sources_of(settings: Settings) -> list[ConfiguredSource]:
    """Return the configured sources; none of a configuration that is wrong by now."""
    try:
        return list(configured_sources(settings))
    except ConfigError:
        return []
