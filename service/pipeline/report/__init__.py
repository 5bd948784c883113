"""Reporting: digests and alerts, from what is due to what became of each delivery."""
