"""`make real`: serve the saved real pages, crawl them by the real engine, and say what was read right.

    python -m tests.real [--json] [--only TEXT] [--workers N]

Ends with 1 when an aim is not met, with 0 when all are or when the folder of saved pages is absent.
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.real.cases import ABSENT, FIXTURES, GROUPS, cases
from tests.real.compare import compare
from tests.real.crawl import crawl, robots
from tests.real.table import Row, aims, dumped, show


def read(case):
    """Crawl one case and compare."""
    reading = robots(case) if case.group == "robots" else crawl(case)
    return Row(case, reading, compare(case, reading))


def main(arguments=None):
    """Run all cases and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.real", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--only", default="", help="only files whose name or group contains this")
    parser.add_argument("--workers", type=int, default=2, help="crawls side by side")
    options = parser.parse_args(arguments)
    if not (FIXTURES / "expected.json").is_file():
        sys.stderr.write(f"{ABSENT}\n")
        if options.json:
            sys.stdout.write('{"files": [], "aims": []}\n')
        return 0
    order = list(GROUPS)
    wanted = sorted(
        (case for case in cases() if options.only in case.name or options.only == case.group),
        key=lambda case: order.index(case.group),
    )
    with ThreadPoolExecutor(options.workers) as pool:
        rows = list(pool.map(read, wanted))
    if options.json:
        sys.stdout.write(dumped(rows) + "\n")
    else:
        show(rows)
    return 0 if all(aim.met for aim in aims(rows)) else 1


if __name__ == "__main__":
    sys.exit(main())
