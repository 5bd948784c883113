"""Evaluating the shipped models and their rivals."""
