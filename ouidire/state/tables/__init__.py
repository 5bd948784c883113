"""The tables of the precious state.

A change here comes with a migration in `ouidire/state/migrations/versions`.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ouidire.state.tables.base import Moment, metadata
from ouidire.state.tables.people import (
    accounts,
    answer_tasks,
    api_tokens,
    audit_entries,
    chart_notes,
    corrections,
    saved_views,
    second_readings,
    sent_replies,
)
from ouidire.state.tables.themes import themes

__all__ = [
    "Moment",
    "accounts",
    "aliases",
    "answer_tasks",
    "api_tokens",
    "audit_entries",
    "chart_notes",
    "corrections",
    "cursors",
    "deliveries",
    "ended_sessions",
    "enrichments",
    "events",
    "holds",
    "items",
    "marks",
    "measured",
    "metadata",
    "quarantine",
    "runs",
    "saved_views",
    "second_readings",
    "sent_replies",
    "snapshots",
    "suppressions",
    "themes",
    "timers",
    "unsubscribed",
]

runs = Table(
    "runs",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True, comment="Order of ingestion."),
    Column("id", String(64), nullable=False, unique=True),
    Column("kind", String(16), nullable=False, comment="collect, import or reparse."),
    Column("source", String(64), nullable=False),
    Column("source_key", Text, nullable=False, index=True),
    Column("entity", Text, nullable=False),
    Column("brands", Text, nullable=False, comment="JSON list of slugs."),
    Column("place", Text),
    Column("query_kind", String(16)),
    Column(
        "full",
        Boolean,
        nullable=False,
        default=True,
        comment="Whether everything was asked for, not only what is newer than the cursor.",
    ),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column(
        "status", String(32), nullable=False, comment='"running" until it ends in one of the eight statuses.'
    ),
    Column("reason", Text, nullable=False, default=""),
    Column("summary", Text, comment="JSON of ouidire.harvest.manifest.RunSummary."),
    Column("sealed", Boolean, nullable=False, default=False, comment="Whether there is a harvest to ingest."),
    Column("ingested_at", Moment, comment="When the index had acknowledged all of it."),
    Column("new", Integer, nullable=False, default=0),
    Column("updated", Integer, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),
    Column("vanished", Integer, nullable=False, default=0),
    Column("due_at", Moment, comment="When it was due; empty where nothing set a time."),
    Column(
        "missed",
        Integer,
        nullable=False,
        default=0,
        server_default="0",
        comment="Due runs since the last that never began.",
    ),
    Column(
        "decision",
        String(16),
        comment="accepted or rejected, by a person; empty until one was asked and has answered.",
    ),
)

cursors = Table(
    "cursors",
    metadata,
    Column("source_key", Text, primary_key=True),
    Column("at", Moment),
    Column("run_id", String(64), nullable=False),
    Column("validators", Text, nullable=False, default="{}"),
)

items = Table(
    "items",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("source_key", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("presence", String(16), nullable=False, comment="present, vanished, erasing, erased or expired."),
    Column("content", String(40), nullable=False, comment="Hash of what its author and site said."),
    Column("brands", Text, nullable=False),
    Column("published_at", Moment),
    Column("published_precision", String(16)),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("first_run", Integer, nullable=False),
    Column("changed_run", Integer, nullable=False),
    Column("last_run", Integer, nullable=False, comment="The run that last saw it."),
    Column(
        "content_run", Integer, nullable=False, comment="The run whose harvest holds its present content."
    ),
    Column("vanished_run", Integer),
    Column("late", Boolean, nullable=False, default=False),
    Column("duplicate_of", String(40)),
    Column("author_key", String(40)),
    Column("url_hash", String(40)),
    Column("text_key", String(40), comment="Key of its enrichments."),
    Column(
        "suspicion",
        Text,
        nullable=False,
        default="[]",
        server_default="[]",
        comment="Reasons to read it with care, JSON.",
    ),
    Column(
        "emergent",
        Text,
        nullable=False,
        default="[]",
        server_default="[]",
        comment="Ids of the themes that came up by themselves, JSON.",
    ),
    Column(
        "kept",
        Text,
        nullable=False,
        default="{}",
        server_default="{}",
        comment="Fields of earlier readings that stand, each with its run, JSON.",
    ),
)
Index("items_by_source", items.c.source_key, items.c.presence, items.c.last_run)
Index("items_by_last_run", items.c.last_run)
Index("items_by_first_run", items.c.first_run)
Index("items_by_changed_run", items.c.changed_run)
Index("items_by_vanished_run", items.c.vanished_run)
Index("items_by_url", items.c.url_hash)
Index("items_by_author", items.c.author_key)
Index("items_by_text", items.c.text_key)

holds = Table(
    "holds",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("source_key", Text, nullable=False),
    Column("kind", String(16), nullable=False, comment="dates, ratings, texts, ids, subject."),
    Column("run", Integer, nullable=False, comment="The run that showed it first."),
    Column("status", String(16), nullable=False),
    Column("changed", Integer, nullable=False, comment="Known mentions that it would change."),
    Column("known", Integer, nullable=False, comment="Known mentions that the run showed."),
    Column("opened_at", Moment, nullable=False),
    Column("answered_at", Moment),
    Column("ended_run", Integer, comment="The run that showed it no more."),
)
Index("holds_by_source", holds.c.source_key)

aliases = Table(
    "aliases",
    metadata,
    Column("id", String(40), primary_key=True, comment="The id that a site's new naming gives."),
    Column("item_id", String(40), nullable=False, comment="The id that it is known under."),
    Column("run", Integer, nullable=False, comment="The run that showed it first."),
)
Index("aliases_by_item", aliases.c.item_id)

snapshots = Table(
    "snapshots",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("source_key", Text, nullable=False),
    Column("page_number", Integer, nullable=False),
    Column("captured_at", Moment, nullable=False),
    Column("run", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("organic", Text, nullable=False, comment="JSON list of [canonical URL, title, shown rating]."),
)
Index("snapshots_by_source", snapshots.c.source_key, snapshots.c.page_number, snapshots.c.captured_at)

events = Table(
    "events",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("run", Integer, nullable=False, index=True),
    Column("subject_id", String(40), nullable=False, index=True),
    Column("payload", Text, nullable=False, comment="JSON of ouidire.documents.EventDocument."),
)

measured = Table(
    "measured",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("brand", String(96), nullable=False),
    Column("period", String(32), nullable=False, comment="Its name, such as 2026-W10."),
    Column("revision", Integer, nullable=False),
    Column("payload", Text, comment="JSON of a MeasureDocument; empty where a later reading has it no more."),
)
Index("measured_by_period", measured.c.brand, measured.c.period)

enrichments = Table(
    "enrichments",
    metadata,
    Column("text_key", String(40), primary_key=True),
    Column("analyser", String(48), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("payload", LargeBinary, nullable=False, comment="JSON of the fields that it fills."),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("report", String(48), nullable=False),
    Column("edition", String(48), nullable=False),
    Column("brand", String(96), nullable=False),
    Column("period", String(32), nullable=False),
    Column("recipient", Text, nullable=False, comment="Keyed hash of the address."),
    Column("status", String(16), nullable=False, comment="claimed, sent, failed or refused."),
    Column("claimed_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("reason", Text, nullable=False, default=""),
    UniqueConstraint("report", "edition", "brand", "period", "recipient"),
)

unsubscribed = Table(
    "unsubscribed",
    metadata,
    Column("report", String(48), primary_key=True),
    Column("recipient", String(64), primary_key=True, comment="Keyed hash of the address."),
    Column("at", Moment, nullable=False),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("token", String(64), primary_key=True, comment="A mention id or an author key: both are hashes."),
    Column("at", Moment, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("run", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("name", String(48), primary_key=True),
    Column("value", Text, nullable=False),
)

timers = Table(
    "timers",
    metadata,
    Column("name", String(191), primary_key=True),
    Column("timetable", Text, nullable=False, comment="JSON of a Timetable."),
    Column("next_at", String(40), nullable=False, comment="ISO 8601, with its offset."),
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("until", Moment, nullable=False, comment="When it would have ended by itself."),
)
