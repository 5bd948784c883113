"""Search results from services with an API."""
