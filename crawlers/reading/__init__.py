"""Readers that sources share: pure functions that find dates, numbers, links, tables, structured data."""
