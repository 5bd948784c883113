"""What the explorer shows, read from the index alone: views of mentions and their figures, no HTML."""
