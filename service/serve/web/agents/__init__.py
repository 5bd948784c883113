"""What agents of language models may read: the JSON of the explorer, by the Model Context Protocol."""
