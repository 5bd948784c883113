"""Analysers: each reads one text at a time and states one thing about it."""
