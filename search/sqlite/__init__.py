"""The index on SQLite: one machine, one disposable file, full text by FTS5."""
