"""`python -m tests.faults`: plays every fault, prints which held, and exits 1 where one did not.

    python -m tests.faults [--only PATTERN] [--kind KIND] [--workers N] [--months N] [--show]

`--only` is a regular expression over names; `--show` prints what was read of those that failed; `--months`
plays the service for so many months on a simulated clock, each with dice of its own.
"""

import argparse
import os
import re
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

from tests.faults.engine import Bases, Verdict
from tests.faults.fault import Fault
from tests.faults.rows import every, of_elastic
from tests.faults.rows.elastic import MISSING, URL
from tests.faults.workers import month, quietly


def chosen(only: str, kind: str) -> list[Fault]:
    """Return the faults whose name matches and that are of a kind, in their order."""
    listed = (*every(), *(of_elastic() if URL else ()))
    return [each for each in listed if re.search(only, each.name) and (not kind or each.kind == kind)]


def main(arguments: list[str]) -> int:
    """Read the command line, play, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--kind", default="")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--months", type=int, default=0)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args(arguments)
    faults = chosen(options.only, options.kind)
    names = [each.name for each in faults]
    if len(set(names)) != len(names):
        raise SystemExit(f"names twice: {[name for name, count in Counter(names).items() if count > 1]}")
    if not URL:
        _say(f"skipped: {len(of_elastic())} faults of Elasticsearch, since none runs here: {MISSING}")
    width = max(map(len, names), default=0)
    failed: list[Verdict] = []
    with tempfile.TemporaryDirectory(prefix="fault-bases-") as folder:
        os.environ.update(OUIDIRE_LOG="error", COLUMNS="200")
        bases = Bases(Path(folder))
        for source, start in sorted({(each.source, each.start) for each in faults}):
            bases.make(source, start)
        # forked from a process with threads (the model, the sites), workers would wait for ever
        fresh = get_context("spawn")
        with ProcessPoolExecutor(max_workers=options.workers, mp_context=fresh) as pool:
            seeds = range(1, options.months + 1)
            played = chain(pool.map(quietly, [folder] * len(names), names), pool.map(month, seeds))
            for verdict in played:
                state = "held" if verdict.held else "FAILED"
                _say(f"{state:6} {verdict.kind:8} {verdict.name:{width}} {'; '.join(verdict.wrong)}")
                if not verdict.held:
                    failed.append(verdict)
                    if options.show:
                        _say(verdict.log)
    kinds = [each.kind for each in faults] + ["month"] * options.months
    _say_kinds(kinds, failed)
    return 1 if failed else 0


def _say_kinds(kinds: list[str], failed: list[Verdict]) -> None:
    total, bad = Counter(kinds), Counter(each.kind for each in failed)
    _say(f"\n{'kind':10}{'played':>8}{'held':>8}{'failed':>8}")
    for kind in sorted(total):
        _say(f"{kind:10}{total[kind]:8}{total[kind] - bad[kind]:8}{bad[kind]:8}")
    _say(f"{'all':10}{total.total():8}{total.total() - bad.total():8}{bad.total():8}")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (a program of its own)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
