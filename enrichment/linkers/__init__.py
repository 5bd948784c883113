"""Linkers: what needs other texts, recomputed over a window of them."""
