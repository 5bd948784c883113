"""Measures kept, so that a rebuilt index has them too: mentions have changed since they were made."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "measured",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("brand", sa.String(length=96), nullable=False),
        sa.Column("period", sa.String(length=32), nullable=False, comment="Its name, such as 2026-W10."),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "payload",
            sa.Text(),
            nullable=True,
            comment="JSON of a MeasureDocument; empty where a later reading has it no more.",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("measured_by_period", "measured", ["brand", "period"])
