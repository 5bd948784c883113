"""Structured data of pages (schema.org and its elders): from their blocks to reviews and ratings."""
