"""Access to services: tokens that are fetched, signed and kept here alone, and budgets of keys."""
