"""Questions and answers of Stack Exchange sites."""
