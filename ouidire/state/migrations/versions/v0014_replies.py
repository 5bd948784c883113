"""The ledger of replies to reviews that are sent by platforms' APIs."""

import sqlalchemy as sa
from alembic import op

from ouidire.state import tables

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "sent_replies",
        sa.Column("mention_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False, comment="claimed, sent or failed."),
        sa.Column("text", sa.Text(), nullable=False, comment="What the public reads."),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("claimed_at", tables.Moment(), nullable=False),
        sa.Column("finished_at", tables.Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why it was not taken."),
        sa.PrimaryKeyConstraint("mention_id"),
    )
