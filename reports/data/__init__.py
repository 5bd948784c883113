"""What a digest says, as data only: no words, no markup, no reading of the index."""
