"""Any endpoint of JSON, NDJSON or CSV, read by configuration alone."""
