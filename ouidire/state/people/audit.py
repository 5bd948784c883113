"""The audit: who corrected, answered, exported, erased, logged in or changed an account, and when.

Entries are only ever added.

An entry names a mention, a file or an account, never a person's words. It cannot see what was done outside
Ouï-dire.
"""

from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import Connection, insert, select

from ouidire.frozen import Frozen
from ouidire.state.tables import audit_entries

LONGEST = 500
"""Characters of a subject or a detail."""


class AuditEntry(Frozen):
    """One thing that somebody did."""

    number: int
    at: AwareDatetime
    by: str
    action: str
    subject: str = ""
    detail: str = ""


def record_action(
    connection: Connection, action: str, *, by: str, at: datetime, subject: str = "", detail: str = ""
) -> None:
    """Add an entry to the audit."""
    values = {"at": at, "by": by, "action": action, "subject": subject[:LONGEST], "detail": detail[:LONGEST]}
    connection.execute(insert(audit_entries), [values])


def list_audit(
    connection: Connection,
    *,
    since: datetime | None = None,
    by: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    before: int | None = None,
    limit: int = 1000,
) -> list[AuditEntry]:
    """Return the newest entries first, at most `limit`; with `before`, those of lower numbers alone."""
    query = select(audit_entries).order_by(audit_entries.c.number.desc()).limit(limit)
    if since is not None:
        query = query.where(audit_entries.c.at >= since)
    if before is not None:
        query = query.where(audit_entries.c.number < before)
    for column, value in (("by", by), ("action", action), ("subject", subject)):
        if value is not None:
            query = query.where(audit_entries.c[column] == value)
    return [AuditEntry(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 (SQLAlchemy's public, if underscored, accessor)
