"""Collecting: one run of one source, imports of saved pages and surveys, and how each source is doing."""
