"""Files written whole, locks, logs, and the rule for addresses that may be fetched."""
