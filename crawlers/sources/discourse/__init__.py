"""Posts of forums that run Discourse."""
