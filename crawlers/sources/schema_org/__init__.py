"""Reviews that any page publishes as structured data."""
