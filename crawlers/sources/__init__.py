"""All sources, one folder each: its contract in `source.py`, the readers of its own pages beside it."""
