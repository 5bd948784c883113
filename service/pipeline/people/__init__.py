"""What people decide of mentions: reviews to answer and labels to correct."""
