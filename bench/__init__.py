"""Benchmarks: `python -m bench.<name>` prints ratios that are measured in one run; `make bench` runs all."""
