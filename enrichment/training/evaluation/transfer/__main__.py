"""Measures levels on sources never seen: `python -m enrichment.training.evaluation.transfer --data …`.

Reads the texts with the shipped encoder (some tens of texts a second on one thread; what is read is kept in
`--cache`, so that a run that was stopped goes on), fits the heads again without each trade, and writes the
section of docs/evaluation.md. Without the folder of texts it says so and ends well (exit 0).
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from enrichment.training.evaluation.transfer.measure import SPLITS, measure, read_sources
from enrichment.training.evaluation.transfer.page import section, with_section
from enrichment.training.evaluation.transfer.states import StateCache


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the section, or write it into the page; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled texts")
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps what was read")
    parser.add_argument("--write", type=Path, help="page whose section is replaced; printed without it")
    parser.add_argument("--threads", type=int, default=1, help="threads of the encoder")
    options = parser.parse_args(arguments)
    missing = [split for split in SPLITS if not (options.data / f"{split}.jsonl.gz").exists()]
    if missing:
        sys.stdout.write(
            f"skipped: {options.data} lacks {', '.join(missing)}; the texts are not part of the repository\n"
        )
        return 0
    found = read_sources(options.data)
    cache = StateCache(options.cache, threads=options.threads)
    cache.fill(found.texts())
    written = "\n".join(section(measure(found, cache), today=datetime.now(UTC).date())) + "\n"
    if options.write:
        page = options.write.read_text(encoding="utf-8") if options.write.exists() else ""
        options.write.write_text(with_section(page, written), encoding="utf-8")
    else:
        sys.stdout.write(written)
    return 0


if __name__ == "__main__":
    sys.exit(main())
