"""Indexing: from a sealed harvest to documents of the index, and everything that writes them again."""
