"""Accounts of people, and tokens of programs."""

import sqlalchemy as sa
from alembic import op

from ouidire.state import tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False, comment="reader, analyst or operator."),
        sa.Column(
            "password", sa.Text(), nullable=False, comment="Argon2id hash; empty where an issuer logs in."
        ),
        sa.Column(
            "identity",
            sa.String(length=64),
            nullable=False,
            comment="Hash of an issuer and its subject; or empty.",
        ),
        sa.Column(
            "brands", sa.Text(), nullable=False, comment="JSON of the slugs that may be seen; [] for all."
        ),
        sa.Column(
            "places", sa.Text(), nullable=False, comment="JSON of the places that may be seen; [] for all."
        ),
        sa.Column(
            "stamp", sa.String(length=32), nullable=False, comment="Changes with the password: sessions end."
        ),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False, comment="SHA-256 of 256 random bits."),
        sa.Column("scopes", sa.Text(), nullable=False, comment="JSON of what it may do."),
        sa.Column(
            "brands", sa.Text(), nullable=False, comment="JSON of the slugs that may be seen; [] for all."
        ),
        sa.Column(
            "places", sa.Text(), nullable=False, comment="JSON of the places that may be seen; [] for all."
        ),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.Column("expires_at", tables.Moment(), nullable=False),
        sa.Column("revoked_at", tables.Moment(), nullable=True),
        sa.Column("used_at", tables.Moment(), nullable=True, comment="The last time, to the hour."),
        sa.PrimaryKeyConstraint("id"),
    )
