"""Word lists and the taxonomy, as data files, and what finds them in a text."""
