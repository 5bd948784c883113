"""Training what reads signals in sentences: labels, linear models, and how they are stacked with the encoder."""
