"""`python -m service.demo.site --week 8 --port 8123`: the demo's web site, for a person to look at.

It serves until interrupted. It is reachable from this machine only unless `--host` says otherwise.
"""

import argparse
import sys
import time

from service.demo import WEEKS
from service.demo.site.server import DemoSite


def main() -> int:
    """Serve one week until Ctrl-C; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m service.demo.site", description="The demo's local web site."
    )
    parser.add_argument(
        "--week", type=int, default=WEEKS, choices=range(1, WEEKS + 1), help="the crawl to simulate"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8123)
    options = parser.parse_args()
    try:
        site = DemoSite(options.week, options.host, options.port)
    except OSError as error:
        sys.stderr.write(
            f"cannot listen on {options.host}:{options.port} ({error.strerror}): choose another --port\n"
        )
        return 1
    with site:
        sys.stdout.write(
            f"Week {site.week}. Open {site.url}/ in a browser, or use it as HTTP proxy. Ctrl-C stops.\n"
        )
        sys.stdout.flush()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main())
