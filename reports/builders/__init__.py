"""Building a digest: from the index alone to its data."""
