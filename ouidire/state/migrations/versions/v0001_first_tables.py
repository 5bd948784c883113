"""The first tables of the state."""

import sqlalchemy as sa
from alembic import op

from ouidire.state import tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "cursors",
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("at", tables.Moment(), nullable=True),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("validators", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source_key"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("report", sa.String(length=48), nullable=False),
        sa.Column("edition", sa.String(length=48), nullable=False),
        sa.Column("brand", sa.String(length=96), nullable=False),
        sa.Column("period", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False, comment="Keyed hash of the address."),
        sa.Column("status", sa.String(length=16), nullable=False, comment="claimed, sent or failed."),
        sa.Column("claimed_at", tables.Moment(), nullable=False),
        sa.Column("finished_at", tables.Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("report", "edition", "brand", "period", "recipient"),
    )
    op.create_table(
        "enrichments",
        sa.Column("text_key", sa.String(length=40), nullable=False),
        sa.Column("analyser", sa.String(length=48), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False, comment="JSON of the fields that it fills."),
        sa.PrimaryKeyConstraint("text_key", "analyser", "version"),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False, comment="JSON of ouidire.documents.EventDocument."),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_events_run"), "events", ["run"], unique=False)
    op.create_index(op.f("ix_events_subject_id"), "events", ["subject_id"], unique=False)
    op.create_table(
        "items",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "presence",
            sa.String(length=16),
            nullable=False,
            comment="present, vanished, erasing, erased or expired.",
        ),
        sa.Column(
            "content", sa.String(length=40), nullable=False, comment="Hash of what its author and site said."
        ),
        sa.Column("brands", sa.Text(), nullable=False),
        sa.Column("published_at", tables.Moment(), nullable=True),
        sa.Column("published_precision", sa.String(length=16), nullable=True),
        sa.Column("first_seen_at", tables.Moment(), nullable=False),
        sa.Column("last_seen_at", tables.Moment(), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("changed_run", sa.Integer(), nullable=False),
        sa.Column("last_run", sa.Integer(), nullable=False, comment="The run that last saw it."),
        sa.Column(
            "content_run",
            sa.Integer(),
            nullable=False,
            comment="The run whose harvest holds its present content.",
        ),
        sa.Column("vanished_run", sa.Integer(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("duplicate_of", sa.String(length=40), nullable=True),
        sa.Column("author_key", sa.String(length=40), nullable=True),
        sa.Column("url_hash", sa.String(length=40), nullable=True),
        sa.Column("text_key", sa.String(length=40), nullable=True, comment="Key of its enrichments."),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("items_by_author", "items", ["author_key"], unique=False)
    op.create_index("items_by_changed_run", "items", ["changed_run"], unique=False)
    op.create_index("items_by_first_run", "items", ["first_run"], unique=False)
    op.create_index("items_by_last_run", "items", ["last_run"], unique=False)
    op.create_index("items_by_source", "items", ["source_key", "presence", "last_run"], unique=False)
    op.create_index("items_by_text", "items", ["text_key"], unique=False)
    op.create_index("items_by_url", "items", ["url_hash"], unique=False)
    op.create_index("items_by_vanished_run", "items", ["vanished_run"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "runs",
        sa.Column(
            "sequence", sa.Integer(), autoincrement=True, nullable=False, comment="Order of ingestion."
        ),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="collect, import or reparse."),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("brands", sa.Text(), nullable=False, comment="JSON list of slugs."),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("query_kind", sa.String(length=16), nullable=True),
        sa.Column(
            "full",
            sa.Boolean(),
            nullable=False,
            comment="Whether everything was asked for, not only what is newer than the cursor.",
        ),
        sa.Column("started_at", tables.Moment(), nullable=False),
        sa.Column("finished_at", tables.Moment(), nullable=True),
        sa.Column(
            "status",
            sa.String(length=32),
            nullable=False,
            comment='"running" until it ends in one of the eight statuses.',
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True, comment="JSON of ouidire.harvest.store.RunSummary."),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="Whether there is a harvest to ingest."),
        sa.Column(
            "ingested_at",
            tables.Moment(),
            nullable=True,
            comment="When the index had acknowledged all of it.",
        ),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("vanished", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sa.UniqueConstraint("id"),
    )
    op.create_index(op.f("ix_runs_source_key"), "runs", ["source_key"], unique=False)
    op.create_table(
        "snapshots",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("page_number", sa.Integer(), nullable=False),
        sa.Column("captured_at", tables.Moment(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column(
            "organic", sa.Text(), nullable=False, comment="JSON list of [canonical URL, title, shown rating]."
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "snapshots_by_source", "snapshots", ["source_key", "page_number", "captured_at"], unique=False
    )
    op.create_table(
        "suppressions",
        sa.Column(
            "token",
            sa.String(length=64),
            nullable=False,
            comment="A mention id or an author key: both are hashes.",
        ),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
