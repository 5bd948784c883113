"""One folder a source: its contract in `source.py`, and the readers of its own pages beside it."""
