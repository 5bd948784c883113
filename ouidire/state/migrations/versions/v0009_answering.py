"""Reviews that people answer, and who did what."""

import sqlalchemy as sa
from alembic import op

from ouidire.state import tables

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "answer_tasks",
        sa.Column("mention_id", sa.String(length=40), nullable=False),
        sa.Column(
            "state", sa.String(length=16), nullable=False, comment="new, to_answer, answered or dismissed."
        ),
        sa.Column("assignee", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False, comment="Who changed it last."),
        sa.Column("at", tables.Moment(), nullable=False, comment="When it was changed last."),
        sa.Column("pending", sa.Boolean(), nullable=False, comment="Whether the index does not hold it yet."),
        sa.PrimaryKeyConstraint("mention_id"),
    )
    op.create_index("answer_tasks_by_state", "answer_tasks", ["state"])
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.Column(
            "by", sa.Text(), nullable=False, comment="The account, or the name given on the command line."
        ),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="A mention id, a file, an account."),
        sa.Column("detail", sa.Text(), nullable=False, comment="What was done, never a person's words."),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("audit_entries_by_time", "audit_entries", ["at"])
