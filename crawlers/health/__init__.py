"""How a run went: its counts, its source's past, and the one status that follows from both."""
