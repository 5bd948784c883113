"""Search: the back-ends that implement `ouidire.index.MentionIndex`."""
