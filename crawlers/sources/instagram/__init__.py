"""Owners' Instagram accounts."""
