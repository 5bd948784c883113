"""The pipeline: where collecting, enriching, indexing and reporting are brought together.

This package and `service.cli` are the only places of the core that see `crawlers`, `enrichment`, `search` and
`reports`, and they import them where they use them, so that a command that needs none of them loads none.
"""
