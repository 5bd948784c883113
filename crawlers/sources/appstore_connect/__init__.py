"""Owners' reviews from App Store Connect."""
