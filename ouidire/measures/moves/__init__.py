"""What a change is made of: parts that sum to it."""
