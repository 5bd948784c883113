"""Answers to the user's own surveys, from CSV and XLSX exports."""
