"""Readers that sources share: pure functions from a page to dates, numbers, links, tables and structured data."""
