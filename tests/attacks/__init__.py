"""Attacks as rows of data: what each tries, and what is right all the same."""
