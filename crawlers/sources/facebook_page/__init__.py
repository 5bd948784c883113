"""Owners' Facebook pages."""
