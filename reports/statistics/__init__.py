"""Measures of groups of mentions: by week, month, place, source, brand or language."""
