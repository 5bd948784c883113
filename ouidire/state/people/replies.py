"""The ledger of replies to reviews: one row a mention ever, claimed before anything is sent, marked after.

A process that dies in between leaves a claim: nobody knows whether the reply was taken, and it is not sent
again until a person says so. It cannot see replies that were given on the platform itself.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ouidire.frozen import Frozen
from ouidire.state import State
from ouidire.state.items import CHUNK
from ouidire.state.tables import sent_replies

ReplyStatus = Literal["claimed", "sent", "failed"]
"""`claimed`: being sent, or in doubt; `failed`: certainly not taken, may be sent again."""


class SentReply(Frozen):
    """One reply that was sent, or tried; `text` is what the public reads, `reason` why it failed."""

    mention_id: str
    status: ReplyStatus
    text: str
    by: str
    claimed_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    reason: str = ""


def claim_reply(state: State, mention_id: str, *, text: str, by: str, at: datetime) -> SentReply | None:
    """Claim the reply to a mention; return None when it is claimed, else what stands in its way.

    Of two processes that claim at the same time one is given it.
    """
    values = {
        "status": "claimed",
        "text": text,
        "by": by,
        "claimed_at": at,
        "finished_at": None,
        "reason": "",
    }
    with state.begin() as connection:
        taken = connection.execute(
            update(sent_replies)
            .where(sent_replies.c.mention_id == mention_id, sent_replies.c.status == "failed")
            .values(**values)
        )
        if taken.rowcount:
            return None
        try:
            with connection.begin_nested():
                connection.execute(insert(sent_replies), [{"mention_id": mention_id, **values}])
        except IntegrityError:
            return load_replies(connection, [mention_id])[mention_id]
    return None


def finish_reply(
    connection: Connection,
    mention_id: str,
    *,
    status: Literal["sent", "failed"],
    at: datetime,
    reason: str = "",
) -> bool:
    """Mark a claimed reply; return whether there was one."""
    done = connection.execute(
        update(sent_replies)
        .where(sent_replies.c.mention_id == mention_id, sent_replies.c.status == "claimed")
        .values(status=status, finished_at=at, reason=reason)
    )
    return done.rowcount > 0


def load_replies(connection: Connection, ids: Sequence[str]) -> dict[str, SentReply]:
    """Return the replies of those mentions that have one, by mention id."""
    found: dict[str, SentReply] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(sent_replies).where(sent_replies.c.mention_id.in_(ids[start : start + CHUNK]))
        for row in connection.execute(query):
            found[row.mention_id] = SentReply(**row._mapping)  # noqa: SLF001 (SQLAlchemy's public, if underscored, accessor)
    return found


def claimed_replies(connection: Connection) -> list[SentReply]:
    """Return the replies that are claimed and not marked, oldest first; what is being sent is among them."""
    query = (
        select(sent_replies)
        .where(sent_replies.c.status == "claimed")
        .order_by(sent_replies.c.claimed_at, sent_replies.c.mention_id)
    )
    return [SentReply(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 (as above)


def delete_replies(connection: Connection, ids: Sequence[str]) -> None:
    """Delete the replies of mentions that are erased."""
    for start in range(0, len(ids), CHUNK):
        connection.execute(
            delete(sent_replies).where(sent_replies.c.mention_id.in_(ids[start : start + CHUNK]))
        )
