"""The table of the themes that came up by themselves."""

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, String, Table, Text

from ouidire.state.tables.base import Moment, metadata

themes = Table(
    "themes",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("brand", String(64), nullable=False),
    Column("label", Text, nullable=False, comment="A phrase that people wrote, masked."),
    Column("name", Text, nullable=False, default="", comment="What a person calls it; empty: the label."),
    Column("status", String(16), nullable=False, comment="open, ignored or merged."),
    Column("merged_into", String(60)),
    Column("anchor", LargeBinary, nullable=False, comment="Its vector when opened, for ever."),
    Column("radius", Float, nullable=False, comment="Cosine from which a sentence is of it."),
    Column("version", Integer, nullable=False, comment="Version of the vectors compared."),
    Column("week_start", Moment, nullable=False, comment="The week that it came up in."),
    Column("week_end", Moment, nullable=False),
    Column("sentences", Integer, nullable=False, comment="Sentences that opened it."),
    Column("p", Float, nullable=False, comment="Adjusted for all that was tested."),
    Column("drift", Float, nullable=False, default=0.0, comment="1 − cosine of anchor and mean of late."),
    Column("opened_at", Moment, nullable=False),
)
Index("themes_by_brand", themes.c.brand, themes.c.week_start)
