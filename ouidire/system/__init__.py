"""What the operating system and the network ask of us: whole files, locks, logs, addresses that may be fetched."""
