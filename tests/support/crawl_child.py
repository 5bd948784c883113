"""The child process of the crawl tests: `crawlers.run`, with the tests' source for a catalogue."""

import sys

from crawlers.run import main
from tests.support.crawl_source import source

if __name__ == "__main__":
    sys.exit(main(source(sys.argv[1] if len(sys.argv) > 1 else "web")))
