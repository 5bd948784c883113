"""What people correct of what was read, and the second readings of it."""

import sqlalchemy as sa
from alembic import op

from ouidire.state import tables

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "corrections",
        sa.Column("mention_id", sa.String(length=40), nullable=False),
        sa.Column(
            "field",
            sa.String(length=16),
            nullable=False,
            comment="What is corrected: side, advocacy, themes …",
        ),
        sa.Column("value", sa.Text(), nullable=False, comment="JSON of what a person says it is."),
        sa.Column(
            "said", sa.String(length=40), nullable=False, comment="Hash of the words that were judged."
        ),
        sa.Column(
            "model", sa.Text(), nullable=False, comment="JSON of what was read before, with its chances."
        ),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.Column(
            "withdrawn", sa.Boolean(), nullable=False, comment="Undone: deleted once the index shows it."
        ),
        sa.Column("pending", sa.Boolean(), nullable=False, comment="Whether the index does not hold it yet."),
        sa.PrimaryKeyConstraint("mention_id", "field"),
    )
    op.create_table(
        "second_readings",
        sa.Column("mention_id", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False, comment="JSON of what a second person says it is."),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("mention_id", "field"),
    )
