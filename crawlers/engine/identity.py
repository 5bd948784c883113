"""Who we say we are."""

PRODUCT = "ouidire"
"""The product token by which a robots.txt names us (RFC 9309, 2.2.1)."""
