"""Ouï-dire: what people say of a brand, where they say it, told to the people who can act on it.

This package is the ground that every other one may import: models, identity, documents, settings, harvest,
state and measures. It cannot see how pages are fetched, texts analysed, documents indexed or digests drawn:
those are `crawlers`, `enrichment`, `search` and `reports`, which `service` brings together.
"""

__version__ = "0.1.0"
