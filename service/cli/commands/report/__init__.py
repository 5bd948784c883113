"""The commands of `ouidire report`: digests, and what became of deliveries."""
