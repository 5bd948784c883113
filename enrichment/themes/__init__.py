"""Themes that come up by themselves: which new subject a week brings, and what people call it."""
