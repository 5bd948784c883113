"""Readers of tables that sources of files share: headings, cells, scales."""
