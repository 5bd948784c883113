"""Timers and ended sessions as plain data; the former table of pickled jobs goes.

Nothing is lost: what is due follows from the configuration and the runs, and the service makes its timers
again when it starts.
"""

import sqlalchemy as sa
from alembic import op

from ouidire.state import tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the former table, where there is one, and create the two new ones."""
    if sa.inspect(op.get_bind()).has_table("scheduler_jobs"):
        op.drop_table("scheduler_jobs")
    op.create_table(
        "timers",
        sa.Column("name", sa.String(length=191), nullable=False),
        sa.Column("timetable", sa.Text(), nullable=False, comment="JSON of a Timetable."),
        sa.Column("next_at", sa.String(length=40), nullable=False, comment="ISO 8601, with its offset."),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "ended_sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("until", tables.Moment(), nullable=False, comment="When it would have ended by itself."),
        sa.PrimaryKeyConstraint("id"),
    )
