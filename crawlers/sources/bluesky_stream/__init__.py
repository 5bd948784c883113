"""Posts of Bluesky as they are written, from its Jetstream."""
