"""How texts are written to PostgreSQL, for `postgresql.py`: this alone needs Psycopg to be installed."""

from typing import Any

from psycopg.types.string import StrDumperUnknown


class WithoutNul(StrDumperUnknown):
    """Writes U+FFFD in the place of NUL, the one character of SQLite's that PostgreSQL cannot hold."""

    def dump(self, obj: str) -> Any:  # noqa: ANN401 (a buffer, or None)
        """Return the text as bytes."""
        return super().dump(obj.replace("\0", "\ufffd"))
