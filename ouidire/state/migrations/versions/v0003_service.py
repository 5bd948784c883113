"""The service: when each run was due and how many before it were missed, and who left a mailing."""

import sqlalchemy as sa
from alembic import op

from ouidire.state import tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column(
        "runs",
        sa.Column(
            "due_at",
            tables.Moment(),
            nullable=True,
            comment="When it was due; empty where nothing set a time.",
        ),
    )
    op.add_column(
        "runs",
        sa.Column(
            "missed",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="Due runs since the last that never began.",
        ),
    )
    op.create_table(
        "unsubscribed",
        sa.Column("report", sa.String(length=48), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False, comment="Keyed hash of the address."),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("report", "recipient"),
    )
