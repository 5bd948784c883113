"""The child process of the crawl tests: `crawlers.run` with the source of the tests in the catalogue's place."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from source import source

from crawlers.run import main

if __name__ == "__main__":
    sys.exit(main(source(sys.argv[1] if len(sys.argv) > 1 else "web")))
