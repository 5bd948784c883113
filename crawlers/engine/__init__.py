"""The parts of the crawling engine; `crawlers.run` puts them together."""
