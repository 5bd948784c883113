"""Bytes to text, and text to the words that search reads."""
