"""Top floor: joins crawlers, enrichment, search and reports: command line, long-running service, demo."""
