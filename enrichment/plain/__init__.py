"""Texts without what carries no meaning, as models read them, and where each character was written."""
