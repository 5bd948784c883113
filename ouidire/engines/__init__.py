"""What engines suggest and answer: items of a harvest, and documents of the index."""
