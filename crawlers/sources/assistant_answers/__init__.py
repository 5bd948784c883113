"""What AI assistants answer to fixed questions, by their APIs."""
