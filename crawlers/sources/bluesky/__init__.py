"""Posts of Bluesky."""
