"""`python -m tests.attacks`: plays every attack, prints how many were held, exits 1 where one was not.

python -m tests.attacks [--kind KIND] [--show]
"""

import argparse
import os
import sys
from collections import Counter

import structlog

from tests.attacks.attack import played
from tests.attacks.rows import every


def main(arguments):
    """Read the command line, play, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks")
    parser.add_argument("--kind", default="")
    parser.add_argument(
        "--show", action="store_true", help="print every attack, not only those that got through"
    )
    options = parser.parse_args(arguments)
    outcomes = [played(each) for each in every() if options.kind in ("", each.kind)]
    lines = [
        f"{'held  ' if each.held else 'FAILED'}  {each.attack.kind}: {each.attack.name}: {each.attack.tries}"
        + ("" if each.held else f"\n        right: {each.attack.right}; came: {each.came}")
        for each in outcomes
        if options.show or not each.held
    ]
    total = Counter(each.attack.kind for each in outcomes)
    failed = Counter(each.attack.kind for each in outcomes if not each.held)
    width = max(map(len, total), default=0)
    lines += [
        f"{kind:<{width}}  {count - failed[kind]:>4} held  {failed[kind]:>3} failed"
        for kind, count in total.items()
    ]
    lines.append(f"{'all':<{width}}  {len(outcomes) - failed.total():>4} held  {failed.total():>3} failed")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if failed or not outcomes else 0


if __name__ == "__main__":
    os.environ["OUIDIRE_LOG"] = "error"
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    sys.exit(main(sys.argv[1:]))
