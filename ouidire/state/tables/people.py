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
