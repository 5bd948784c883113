"""What an erasure would take, mention by mention, before anything is erased.

It cannot see digests already sent, nor whether two people of one name on one site are one.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urldefrag

from sqlalchemy import Connection

from crawlers import SOURCES, load_source
from ouidire.documents import MentionDocument
from ouidire.ids import author_key, canonical_url, digest
from ouidire.state.items import ItemRecord, find_items, source_keys
from service.pipeline.installation import Installation

SHOWN = 80
"""Characters of a text by which a person recognises it."""
ERASED = ("erasing", "erased")
OF_ANY_SITE = ("any", "your own files", "the assistant chosen")
"""What sources are called that read no site of their own."""


class Candidate(NamedTuple):
    """A mention that an erasure would take: its id, where it stands, and what it is recognised by."""

    id: str
    site: str
    source_key: str
    date: str
    stars: float | None
    place: str | None
    beginning: str


def site_of(key: str) -> str:
    """Return the site that a source key is of: `trustpilot.com`, `avis-jardin.example`, a file's name."""
    slug, _, entity = key.partition(":")
    site = load_source(slug).about.site if slug in SOURCES else "any"
    return entity.partition("/")[0] if site in OF_ANY_SITE else site


def sites_of(installation: Installation) -> list[str]:
    """Return every site of which something is known."""
    with installation.state.read() as connection:
        return sorted({site_of(key) for key in source_keys(connection)})


def author_keys(
    installation: Installation, keys: Iterable[str], author: str, *, sites: Sequence[str] | None
) -> list[str]:
    """Return the hashes of an author of some source keys, of all sites or of those named."""
    return [
        author_key(installation.secret, key, author) for key in keys if sites is None or site_of(key) in sites
    ]


def rows_named(
    installation: Installation,
    connection: Connection,
    *,
    url: str | None = None,
    author: str | None = None,
    item_id: str | None = None,
    sites: Sequence[str] | None = None,
) -> list[ItemRecord]:
    """Return the mentions of a URL, an author (as the sites show the name) or an id, erased ones too.

    Where reviews of one page have addresses that differ after the #, one of these names its own review. An
    address without a scheme, or with another one, is looked for by both.
    """
    if url is None:
        keys = [] if author is None else source_keys(connection)
        named = author_keys(installation, keys, author or "", sites=sites)
        return find_items(connection, author_keys=named, item_id=item_id)
    for spelt in _spellings(url):
        rows = find_items(connection, url_hash=digest(canonical_url(spelt)))
        if rows:
            return _of_fragment(installation, rows, urldefrag(spelt).fragment)
    return []


def _spellings(url: str) -> tuple[str, ...]:
    """Return an address as it is written, then with either scheme."""
    scheme, found, rest = url.strip().partition("://")
    rest = rest if found else scheme
    return tuple(dict.fromkeys((url.strip(), f"https://{rest}", f"http://{rest}")))


def _of_fragment(installation: Installation, rows: list[ItemRecord], fragment: str) -> list[ItemRecord]:
    """Return the mentions whose own address ends with what stands after the #.

    Without such, those whose address has no such ending: never those of which it is another one.
    """
    if not fragment:
        return rows
    documents = installation.index.get_many("mention", [row.id for row in rows])
    ends = {
        id_: urldefrag(each.url or "").fragment
        for id_, each in documents.items()
        if isinstance(each, MentionDocument)
    }
    own = [row for row in rows if ends.get(row.id) == fragment]
    return own or [row for row in rows if not ends.get(row.id)]


def is_erased(installation: Installation, *, url: str | None = None, item_id: str | None = None) -> bool:
    """Return whether a mention was known by this address or id, and is erased.

    It cannot see it of an address with a #, whose end is erased with the rest: False.
    """
    if url is not None and urldefrag(url).fragment:
        return False
    with installation.state.read() as connection:
        rows = rows_named(installation, connection, url=url, item_id=item_id)
    return bool(rows) and all(row.presence in ERASED for row in rows)


def candidates(
    installation: Installation,
    *,
    url: str | None = None,
    author: str | None = None,
    item_id: str | None = None,
    sites: Sequence[str] | None = None,
) -> list[Candidate]:
    """Return what an erasure of a URL, an author or an id would take, the latest first."""
    with installation.state.read() as connection:
        rows = rows_named(installation, connection, url=url, author=author, item_id=item_id, sites=sites)
    rows = [row for row in rows if row.presence not in ERASED]
    documents = installation.index.get_many("mention", [row.id for row in rows])
    listed = [_candidate(row, documents.get(row.id)) for row in rows]
    return sorted(listed, key=lambda each: (each.date, each.id), reverse=True)


def _candidate(row: ItemRecord, document: object) -> Candidate:
    known = document if isinstance(document, MentionDocument) else None
    text = " ".join(filter(None, (known.title, known.text))) if known else ""
    return Candidate(
        id=row.id,
        site=site_of(row.source_key),
        source_key=row.source_key,
        date=f"{row.published_at:%Y-%m-%d}" if row.published_at else "",
        stars=known.stars if known else None,
        place=known.place if known else None,
        beginning=" ".join(text.split())[:SHOWN],
    )
