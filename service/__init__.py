"""The top floor: brings crawlers, enrichment, search and reports together, by command line and as a long-running service."""
