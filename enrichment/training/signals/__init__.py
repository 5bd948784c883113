"""Training of the signals of sentences: labels, linear models, their stacking with the encoder."""
