"""Owners' reviews from Google Play."""
