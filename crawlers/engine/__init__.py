"""The parts of the crawling engine, one module for each reason to change; `crawlers.run` puts them together."""
