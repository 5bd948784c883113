"""Reasons to read a mention with care, kept with it so that a rebuilt index has them too."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "items",
        sa.Column(
            "suspicion",
            sa.Text(),
            nullable=False,
            server_default="[]",
            comment="Reasons to read it with care, JSON.",
        ),
    )
