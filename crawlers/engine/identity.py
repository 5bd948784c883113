"""The name under which the crawler makes itself known to sites."""

PRODUCT = "ouidire"
"""The product token by which a robots.txt names us (RFC 9309, 2.2.1)."""
