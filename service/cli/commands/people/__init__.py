"""The commands for what people decide: answers, corrections, accounts and the audit."""
