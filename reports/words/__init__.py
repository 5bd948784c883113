"""The words of a digest: sentences, numbers and dates in French and English, from data alone."""
