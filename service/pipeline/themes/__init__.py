"""Themes that come up by themselves, over the index: which mentions are of which, and what is new."""
