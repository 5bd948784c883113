"""What people call each configured source: its title, and what tells it from others of the same title."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ouidire.settings.configuration import Settings
from ouidire.settings.editions import ReportLanguage
from ouidire.text.catalogue import catalogue
from service.pipeline.configured_sources import ConfiguredSource


class SourceName(NamedTuple):
    """A source's title, and its name where others have the same title (else the title again)."""

    title: str
    name: str

    @property
    def whole(self) -> str:
        """Title and name, as one text."""
        return self.title if self.name == self.title else f"{self.title} · {self.name}"


def source_names(settings: Settings, listed: Sequence[ConfiguredSource]) -> Mapping[str, SourceName]:
    """Return the names of sources by source key.

    Sources of one title are told apart by their place, else by their brands, else by what is read there: the
    first of these that each of them has for itself.
    """
    brands = {brand.slug: brand.name for brand in settings.brand}
    titles = [_title(each, settings.language) for each in listed]
    found: dict[str, SourceName] = {}
    for each, title in zip(listed, titles, strict=True):
        alike = [other for other, called in zip(listed, titles, strict=True) if called == title]
        if len(alike) == 1:
            found[each.key] = SourceName(title, title)
            continue
        label = _label(each, brands)
        alone = [_label(other, brands) for other in alike].count(label) == 1
        found[each.key] = SourceName(title, label if alone and label else _last_part(each, alike))
    return found


def _last_part(each: ConfiguredSource, alike: Sequence[ConfiguredSource]) -> str:
    """Return the last part of what is read at one service, such as a query, where no other has it.

    Where a source reads any site, it is the whole address.
    """
    if each.source.about.site == "any":
        return each.entity
    parts = [other.entity.rpartition("/")[2] for other in alike]
    own = each.entity.rpartition("/")[2]
    return own if own and parts.count(own) == 1 else each.entity


def _label(each: ConfiguredSource, brands: Mapping[str, str]) -> str:
    """Return a source's place, or the brands that it is configured for; "" where it names none."""
    if each.settings.place:
        return each.settings.place
    return ", ".join(brands.get(slug, slug) for slug in each.settings.brands)


def _title(each: ConfiguredSource, language: ReportLanguage) -> str:
    """Return a source's title: the configured one, that of its service, its host, or that of its kind.

    The host stands where a source reads any site.
    """
    if each.settings.title:
        return each.settings.title
    if each.source.about.site == "any":
        return each.site.removeprefix("www.")
    return each.source.service(each.params) or catalogue(language, "sources").text(
        f"value.source.{each.source.slug}"
    )
