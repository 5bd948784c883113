"""Themes that came up by themselves, and which of them each mention is of."""

import sqlalchemy as sa
from alembic import op

from ouidire.state import tables

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "themes",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("label", sa.Text(), nullable=False, comment="A phrase that people wrote, masked."),
        sa.Column("name", sa.Text(), nullable=False, comment="What a person calls it; empty: the label."),
        sa.Column("status", sa.String(length=16), nullable=False, comment="open, ignored or merged."),
        sa.Column("merged_into", sa.String(length=60), nullable=True),
        sa.Column("anchor", sa.LargeBinary(), nullable=False, comment="Its vector when opened, for ever."),
        sa.Column("radius", sa.Float(), nullable=False, comment="Cosine from which a sentence is of it."),
        sa.Column("version", sa.Integer(), nullable=False, comment="Version of the vectors compared."),
        sa.Column("week_start", tables.Moment(), nullable=False, comment="The week that it came up in."),
        sa.Column("week_end", tables.Moment(), nullable=False),
        sa.Column("sentences", sa.Integer(), nullable=False, comment="Sentences that opened it."),
        sa.Column("p", sa.Float(), nullable=False, comment="Adjusted for all that was tested."),
        sa.Column("drift", sa.Float(), nullable=False, comment="1 − cosine of anchor and mean of late."),
        sa.Column("opened_at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("themes_by_brand", "themes", ["brand", "week_start"])
    op.add_column(
        "items",
        sa.Column(
            "emergent",
            sa.Text(),
            nullable=False,
            server_default="[]",
            comment="Ids of the themes that came up by themselves, JSON.",
        ),
    )
