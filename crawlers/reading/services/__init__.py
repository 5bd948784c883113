"""Answers of services: their errors, and what of an answer must not be kept."""
