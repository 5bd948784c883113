"""What a run may do to what is known: readings held for a person, renamed ids, fields of earlier readings."""

import sqlalchemy as sa
from alembic import op

from ouidire.state import tables

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns and the two tables."""
    op.add_column(
        "runs",
        sa.Column(
            "decision",
            sa.String(length=16),
            nullable=True,
            comment="accepted or rejected, by a person; empty until one was asked and has answered.",
        ),
    )
    op.add_column(
        "items",
        sa.Column(
            "kept",
            sa.Text(),
            nullable=False,
            server_default="{}",
            comment="Fields of earlier readings that stand, each with its run, JSON.",
        ),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column(
            "kind", sa.String(length=16), nullable=False, comment="dates, ratings, texts, ids, subject."
        ),
        sa.Column("run", sa.Integer(), nullable=False, comment="The run that showed it first."),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False, comment="Known mentions that it would change."),
        sa.Column("known", sa.Integer(), nullable=False, comment="Known mentions that the run showed."),
        sa.Column("opened_at", tables.Moment(), nullable=False),
        sa.Column("answered_at", tables.Moment(), nullable=True),
        sa.Column("ended_run", sa.Integer(), nullable=True, comment="The run that showed it no more."),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("holds_by_source", "holds", ["source_key"])
    op.create_table(
        "aliases",
        sa.Column(
            "id", sa.String(length=40), nullable=False, comment="The id that a site's new naming gives."
        ),
        sa.Column("item_id", sa.String(length=40), nullable=False, comment="The id that it is known under."),
        sa.Column("run", sa.Integer(), nullable=False, comment="The run that showed it first."),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("aliases_by_item", "aliases", ["item_id"])
