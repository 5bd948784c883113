"""Keeping: backup and restore, exports, erasure and retention."""
