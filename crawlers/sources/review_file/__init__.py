"""Reviews from files that platforms export: CSV, XLSX, JSON, NDJSON."""
