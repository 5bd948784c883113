"""The tables of what people say and do: which reviews they answer, and who did what."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from ouidire.state.tables.base import Moment, metadata

answer_tasks = Table(
    "answer_tasks",
    metadata,
    Column("mention_id", String(40), primary_key=True),
    Column("state", String(16), nullable=False, comment="new, to_answer, answered or dismissed."),
    Column("assignee", Text, nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("by", Text, nullable=False, comment="Who changed it last."),
    Column("at", Moment, nullable=False, comment="When it was changed last."),
    Column("pending", Boolean, nullable=False, comment="Whether the index does not hold it yet."),
)
Index("answer_tasks_by_state", answer_tasks.c.state)

sent_replies = Table(
    "sent_replies",
    metadata,
    Column("mention_id", String(40), primary_key=True),
    Column("status", String(16), nullable=False, comment="claimed, sent or failed."),
    Column("text", Text, nullable=False, comment="What the public reads."),
    Column("by", Text, nullable=False),
    Column("claimed_at", Moment, nullable=False),
    Column("finished_at", Moment, nullable=True),
    Column("reason", Text, nullable=False, default="", comment="Why it was not taken."),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False, comment="The account, or the name given on the command line."),
    Column("action", String(32), nullable=False),
    Column("subject", Text, nullable=False, default="", comment="A mention id, a file, an account."),
    Column("detail", Text, nullable=False, default="", comment="What was done, never a person's words."),
)
Index("audit_entries_by_time", audit_entries.c.at)

corrections = Table(
    "corrections",
    metadata,
    Column("mention_id", String(40), primary_key=True),
    Column("field", String(16), primary_key=True, comment="What is corrected: side, advocacy, themes …"),
    Column("value", Text, nullable=False, comment="JSON of what a person says it is."),
    Column("said", String(40), nullable=False, comment="Hash of the words that were judged."),
    Column("model", Text, nullable=False, comment="JSON of what was read before, with its chances."),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("withdrawn", Boolean, nullable=False, comment="Undone: deleted once the index shows it."),
    Column("pending", Boolean, nullable=False, comment="Whether the index does not hold it yet."),
)

second_readings = Table(
    "second_readings",
    metadata,
    Column("mention_id", String(40), primary_key=True),
    Column("field", String(16), primary_key=True),
    Column("value", Text, nullable=False, comment="JSON of what a second person says it is."),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False, comment="The view's canonical query string."),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

chart_notes = Table(
    "chart_notes",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("day", String(10), nullable=False, comment="A local day, as 2026-03-02."),
    Column("label", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
Index("chart_notes_by_day", chart_notes.c.day)

accounts = Table(
    "accounts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False, comment="reader, analyst or operator."),
    Column("password", Text, nullable=False, comment="Argon2id hash; empty where an issuer logs in."),
    Column("identity", String(64), nullable=False, comment="Hash of an issuer and its subject; or empty."),
    Column("brands", Text, nullable=False, comment="JSON of the slugs that may be seen; [] for all."),
    Column("places", Text, nullable=False, comment="JSON of the places that may be seen; [] for all."),
    Column("stamp", String(32), nullable=False, comment="Changes with the password: sessions end."),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("label", Text, nullable=False),
    Column("secret_hash", String(64), nullable=False, comment="SHA-256 of 256 random bits."),
    Column("scopes", Text, nullable=False, comment="JSON of what it may do."),
    Column("brands", Text, nullable=False, comment="JSON of the slugs that may be seen; [] for all."),
    Column("places", Text, nullable=False, comment="JSON of the places that may be seen; [] for all."),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("used_at", Moment, comment="The last time, to the hour."),
)
