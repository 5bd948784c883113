"""Keys of deliveries, the ledger's protocol, and signed unsubscribe links."""
