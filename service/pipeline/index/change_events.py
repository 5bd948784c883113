"""Event documents of mentions that were edited, restored or have vanished.

An event shows short, masked texts of before and after. It cannot see more of the past than the index holds.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from ouidire.documents import EventDocument, MentionDocument
from ouidire.ids import digest
from ouidire.index import MentionIndex
from ouidire.state.runs import Run
from service.pipeline.index.decide import ChangeKind

SHOWN = 400
"""Characters that an event shows of a text."""


def change_events(
    index: MentionIndex, kinds: Mapping[str, ChangeKind], documents: Sequence[MentionDocument], run: Run
) -> list[EventDocument]:
    """Return the events of changed mentions: those that `kinds` names, in the order of their documents.

    Taken up again after a kill, an event is what was written the first time: the index may hold the new text
    already. Raises IndexUnavailable.
    """
    changed = [each for each in documents if each.id in kinds]
    if not changed:
        return []
    before = index.get_many("mention", [each.id for each in changed])
    again = [
        _event_id(kinds[each.id], each)
        for each in changed
        if each.id in before and before[each.id].revision >= each.revision
    ]
    written = index.get_many("event", again) if again else {}
    events: list[EventDocument] = []
    for each in changed:
        first, held = written.get(_event_id(kinds[each.id], each)), before.get(each.id)
        if isinstance(first, EventDocument):
            events.append(first)
        else:
            known = held if isinstance(held, MentionDocument) else None
            events.append(mention_event(kinds[each.id], each, known, run))
    return events


def mention_event(
    kind: ChangeKind | Literal["vanished"],
    document: MentionDocument,
    before: MentionDocument | None,
    run: Run,
) -> EventDocument:
    """Build the event of a mention that changed, from its document and the one before, if there was one."""
    after = None if kind == "vanished" else document
    return EventDocument(
        id=_event_id(kind, document),
        revision=1,
        type=kind,
        at=run.started_at,
        run_id=run.id,
        source=run.source,
        source_key=document.source_key,
        brands=document.brands,
        subject_id=document.id,
        subject=document.title,
        url=document.url,
        before=_short(before.text) if before else None,
        after=_short(after.text) if after else None,
        stars_before=before.stars if before else None,
        stars_after=after.stars if after else None,
    )


def _event_id(kind: str, document: MentionDocument) -> str:
    return digest("event", kind, document.id, str(document.revision))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1].rstrip() + "…"
