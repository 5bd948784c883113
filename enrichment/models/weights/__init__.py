"""Weights shipped with the package, and their card; no code."""
