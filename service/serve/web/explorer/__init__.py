"""The explorer: pages of the mentions and figures behind a digest; no script, and the index is only read."""
