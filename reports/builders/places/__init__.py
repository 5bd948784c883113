"""One shop beside the others of its brand."""
