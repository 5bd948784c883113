"""Enrichment: what a text says of the brand, read offline."""
