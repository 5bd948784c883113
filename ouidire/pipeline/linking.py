"""Linking: what needs other texts (near-duplicates), recomputed over the same window of the index each time.

What is found is kept with what is known of the items, so that a rebuilt index has it too. A link stays when its original
leaves the window: the figures of a past week do not move because time goes on.
"""

from datetime import datetime, timedelta

from enrichment.base import LinkSubject
from enrichment.duplicates import DuplicateLinker
from ouidire.documents import MentionDocument
from ouidire.index import Query, Range
from ouidire.pipeline.installation import Installation
from ouidire.state.items import LIVE, known, save_items

WINDOW_DAYS = 60
CHUNK = 500
FIELDS = ("id", "source_key", "author_key", "period_at", "text", "stars", "mention_kind")


def link_duplicates(house: Installation) -> int:
    """Find near-duplicates among the mentions of the last days; return how many links changed.

    The window is by date of the mention, so that running it again at the same moment finds the same.
    """
    since = house.clock() - timedelta(days=WINDOW_DAYS)
    found = house.index.scan(Query(where=(Range(field="period_at", gte=since),)), FIELDS)
    window = [
        LinkSubject(
            id=str(each["id"]),
            source_key=str(each["source_key"]),
            author_key=each["author_key"],
            at=str(each["period_at"]),
            text=str(each["text"] or ""),
            stars=each["stars"],
        )
        for each in found
    ]
    originals = {key: finding.duplicate_of for key, finding in DuplicateLinker().link(window).items()}
    ids = [each.id for each in window]
    changed = 0
    for start in range(0, len(ids), CHUNK):
        changed += _save(house, ids[start : start + CHUNK], originals, since=since)
    return changed


def _save(house: Installation, ids: list[str], originals: dict[str, str], *, since: datetime) -> int:
    with house.state.read() as connection:
        rows = known(connection, ids)
        linked = known(connection, sorted({row.duplicate_of for row in rows.values() if row.duplicate_of}))
    left = {key for key, row in linked.items() if row.presence in LIVE and (row.published_at or row.first_seen_at) < since}
    moved = [
        row.model_copy(update={"duplicate_of": originals.get(key), "revision": row.revision + 1})
        for key, row in rows.items()
        if row.duplicate_of != originals.get(key) and row.duplicate_of not in left
    ]
    if not moved:
        return 0
    documents = [
        before.model_copy(update={"duplicate_of": row.duplicate_of, "revision": row.revision})
        for row in moved
        if isinstance(before := house.index.get("mention", row.id), MentionDocument)
    ]
    house.index.upsert(documents)
    with house.state.begin() as connection:
        save_items(connection, moved)
    return len(moved)
