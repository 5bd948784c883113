"""The identity that the mentions of a page have: by the ids that the page states, or by author and date.

Ids that count up may be a site's own or the mere places on its page: a page alone cannot tell. What was
chosen for a layout of a source stands for all its later runs; without a choice the one by which the most of
its mentions are known; without any, the page's own look decides. It cannot see the state: the job brings what
was chosen and known.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple, Self

from crawlers.health.past import ID_DIGITS
from crawlers.job import CrawlJob
from crawlers.reading.pager import listing_url
from ouidire.harvest.manifest import IdScheme
from ouidire.ids import CONTENT, digest, mention_id, source_key
from ouidire.items import Item, Parsed
from ouidire.mention import Mention
from ouidire.page import Page
from ouidire.privacy import identified

NOT_PUBLIC = "not_public"


class IdentifiedItem(NamedTuple):
    """An item under its id; `other_id` is the one that it has by the other scheme, the same where none."""

    item_id: str
    item: Item
    other_id: str


class IdSchemes:
    """The scheme of each layout of one source; `chosen` grows with the layouts that a run meets."""

    def __init__(
        self,
        chosen: Mapping[str, IdScheme],
        *,
        known: Collection[str],
        slug: str,
        secret: bytes,
        entities: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.chosen: dict[str, IdScheme] = dict(chosen)
        self._known = frozenset(known)
        self._slug, self._secret = slug, secret
        self._entities = entities

    @classmethod
    def of(cls, job: CrawlJob) -> Self:
        """Return the schemes of a job's source."""
        secret = bytes.fromhex(job.author_secret)
        known, entities = job.past.known, job.entities
        return cls(job.identity, known=known, slug=job.slug, secret=secret, entities=entities)

    def identify(self, parsed: Parsed, page: Page, *, both: bool = False) -> list[IdentifiedItem]:
        """Return the items of a page under their ids, in order; with `both`, also the other ids of each."""
        if not parsed.counted and not any(map(_states_id, parsed.items)):
            return [IdentifiedItem(key, item, key) for key, item in self._identified(parsed.items)]
        layout = parsed.layout or ""
        if layout in self.chosen and not both:
            items = _under(self.chosen[layout], parsed, page)
            return [IdentifiedItem(key, item, key) for key, item in self._identified(items)]
        stated = self._identified(_under("stated", parsed, page))
        unstated = self._identified(_under("unstated", parsed, page))
        scheme = self.chosen.setdefault(layout, self._choice(parsed, stated, unstated))
        used, others = stated, unstated
        if scheme == "unstated":
            used, others = unstated, stated
        return [
            IdentifiedItem(key, item, other if _tells(item) else key)
            for (key, item), (other, _) in zip(used, others, strict=True)
        ]

    def _choice(
        self, parsed: Parsed, stated: list[tuple[str, Item]], unstated: list[tuple[str, Item]]
    ) -> IdScheme:
        by_stated, by_unstated = self._recognised(stated), self._recognised(unstated)
        if by_stated or by_unstated:
            return "stated" if by_stated >= by_unstated else "unstated"
        return "unstated" if parsed.counted else "stated"

    def _recognised(self, items: list[tuple[str, Item]]) -> int:
        return sum(key[:ID_DIGITS] in self._known for key, item in items if isinstance(item, Mention))

    def _identified(self, items: tuple[Item, ...]) -> list[tuple[str, Item]]:
        kept = [
            item.model_copy(update={"entity": self._entities[item.entity]})
            if item.entity in self._entities
            else item
            for item in items
        ]
        return list(identified(kept, slug=self._slug, secret=self._secret))


def _states_id(item: Item) -> bool:
    return isinstance(item, Mention) and item.native_id is not None and not item.native_id.startswith(CONTENT)


def _tells(item: Item) -> bool:
    """Return whether author and date say who a mention is: without them, others would have its id."""
    return (
        isinstance(item, Mention)
        and item.author_key is not None
        and item.published is not None
        and item.published.precision != "relative"
    )


def _under(scheme: IdScheme, parsed: Parsed, page: Page) -> tuple[Item, ...]:
    """Return the items of a page with the ids that it states, or without."""
    items: list[Item] = []
    for number, item in enumerate(parsed.items):
        counted = parsed.counted.get(number)
        if isinstance(item, Mention) and scheme == "stated" and counted is not None:
            update = {"native_id": counted.native_id, "url": counted.url or item.url}
            items.append(item.model_copy(update=update))
        elif isinstance(item, Mention) and scheme == "unstated" and _states_id(item):
            items.append(item.model_copy(update={"native_id": None, "url": listing_url(page.url)}))
        else:
            items.append(item)
    return tuple(items)


def withdrawn_ids(parsed: Parsed, job: CrawlJob) -> set[str]:
    """Return the ids of mentions that a page shows as removed, or no longer as public."""
    shown = (each.detail for each in parsed.rejected if each.reason == NOT_PUBLIC and each.detail)
    return {mention_id(source_key(job.slug, job.entity), native_id) for native_id in shown}


def reading_id(item_id: str, item: Item) -> str:
    """Return an id for each reading of a mention: a feed's summary and its article are both kept."""
    return digest(item_id, item.extent) if isinstance(item, Mention) and item.extent else item_id
