"""Views kept under a name, and what happened on the days of the time line."""

import sqlalchemy as sa
from alembic import op

from ouidire.state import tables

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False, comment="The view's canonical query string."),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "chart_notes",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False, comment="A local day, as 2026-03-02."),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("chart_notes_by_day", "chart_notes", ["day"])
