"""Alerts: what cannot wait for Monday.

`find` reads the index and returns data; `render` words it; the pipeline delivers it, once.
"""
