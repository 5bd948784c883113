"""Scoring a file of the user's own texts, without an installation."""
