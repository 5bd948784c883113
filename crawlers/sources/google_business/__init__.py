"""Owners' reviews from Google Business Profile."""
