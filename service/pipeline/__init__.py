"""Joins collecting, enriching, indexing and reporting, over the state of one installation.

The four packages that do the work are imported where they are used, so that a command that needs none of them
loads none.
"""
