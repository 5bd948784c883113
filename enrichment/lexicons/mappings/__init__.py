"""Tables from our taxonomy to others: data files."""
