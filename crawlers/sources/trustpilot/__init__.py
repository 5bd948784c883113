"""Trustpilot company pages."""
