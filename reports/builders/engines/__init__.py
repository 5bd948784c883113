"""What engines suggest and answer, as digests show it."""
