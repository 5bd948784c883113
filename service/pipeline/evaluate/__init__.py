"""Evaluation of the analysers on a customer's own labelled texts."""
