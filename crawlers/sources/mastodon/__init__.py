"""Posts of the fediverse, by the API of a Mastodon instance."""
