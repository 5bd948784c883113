"""Models: the encoder, linear models over hashed words, their features and their weights."""
