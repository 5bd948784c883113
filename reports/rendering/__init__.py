"""From data and words to a message: templates in a sandbox, and charts."""
