"""The pages on which people decide: reviews to answer, labels to correct."""
