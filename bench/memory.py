"""Peak memory of each stage of the chain: at SCALE items against a tenth of them.

    python -m bench.memory            SCALE=100000 by default

Every figure is the high-water mark of a process of its own (VmHWM), started for one stage on what the stages
before it left:

collect   pages of 25 reviews parsed, kept and written by the real collector into one harvest
ingest    that harvest enriched and indexed
link      near-duplicates looked for among the mentions of the last 60 days: all of them here
rebuild   the index built anew from the harvest
digest    one digest, of a week that holds a ninth of the mentions, with eight weeks to compare it with

Aim: the ratio of the two peaks at most 1.1, and less than 40 MB between them.
"""

# A benchmark is a program: it prints its table, and starts itself again to measure memory.
# ruff: noqa: T201, S603, S311

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measuring import peak_mb

if TYPE_CHECKING:
    from crawlers.job import CrawlJob
    from ouidire.harvest.manifest import Manifest
    from ouidire.page import Page
    from service.pipeline.installation import Installation

SCALE = int(os.environ.get("SCALE", "100000"))
NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)
DAYS = 60
A_PAGE = 25
KEY = "schema_org:bench.example/avis"
CONFIGURATION = {
    "brand": [
        {"slug": "banc", "name": "Le Banc"},
        {"slug": "tabouret", "name": "Le Tabouret", "role": "competitor"},
    ],
    "source": [
        {
            "source": "schema_org",
            "brands": ["banc"],
            "every": "1w",
            "params": {"url": "http://bench.example/avis", "expect": "reviews"},
        },
    ],
    "recipient": [{"address": "banc@example.fr"}],
}


@cache
def vocabulary() -> tuple[str, ...]:
    """Return the words of the demo's reviews, each as often as it occurs there."""
    from service.demo.site.content import listings

    return tuple(
        word
        for listing in listings("avis-jardin").values()
        for review in listing.reviews
        for word in review.text.split()
    )


def text(number: int) -> str:
    """Return a text of some thirty words, as long and varied as reviews are; each number has its own."""
    chance = random.Random(number)
    words = chance.choices(vocabulary(), k=chance.randint(12, 50))
    return f"{' '.join(words).capitalize()}. Avis {number:x}."


def installation(folder: Path) -> "Installation":
    """Open the installation of a folder."""
    from ouidire.settings.configuration import settings_from
    from service.pipeline.installation import Installation

    return Installation(settings_from(CONFIGURATION, base=folder), now=NOW)


def collect(folder: Path, items: int) -> None:
    """Write a harvest of so many items, page by page, as a run does."""
    import crawlers.spawn
    from service.pipeline.collect.crawl_source import collect as run
    from service.pipeline.configured_sources import configured_sources

    crawlers.spawn.run_job = lambda job, **_: _crawled(job, items)
    opened = installation(folder)
    ended = run(opened, configured_sources(opened.settings)[0])
    if ended.summary is None or ended.summary.items != items:
        raise SystemExit(f"{ended.status}: {ended.reason}")


def _crawled(job: "CrawlJob", items: int) -> "Manifest":
    from crawlers import load_source
    from crawlers.engine.collector import Collector
    from ouidire.harvest.store import HarvestWriter
    from ouidire.page import Request

    with HarvestWriter(
        Path(job.folder), run_id=job.run_id, source=job.slug, source_key=job.source_key, entity=job.entity
    ) as writer:
        collector = Collector(job, load_source("schema_org"), writer)
        for number, page in enumerate(_pages(items)):
            collector.read_page(page, request=Request(url=page.url), first=number == 0)
        return writer.seal(collector.summary())


def _pages(items: int) -> "Iterator[Page]":
    from ouidire.ids import digest
    from ouidire.page import Page

    filler = "<p>" + "du texte autour des avis, comme il y en a partout. " * 400 + "</p>"
    for start in range(0, items, A_PAGE):
        reviews = [
            {
                "@type": "Review",
                "identifier": digest(str(number), size=6),
                "author": {"@type": "Person", "name": f"Client {number % 5000}"},
                "datePublished": (NOW - timedelta(days=number % DAYS, hours=1)).isoformat(),
                "reviewBody": text(number),
                "reviewRating": {"@type": "Rating", "ratingValue": 1 + number % 5},
            }
            for number in range(start, min(items, start + A_PAGE))
        ]
        store = {
            "@context": "https://schema.org",
            "@type": "Store",
            "name": "Le Banc",
            "url": "http://bench.example/avis",
            "review": reviews,
        }
        script = f'<script type="application/ld+json">{json.dumps(store)}</script>'
        body = f'<html lang="fr"><title>Avis</title>{script}{filler}'
        address = f"http://bench.example/avis?page={start // A_PAGE + 1}"
        context = {"entity": "bench.example/avis", "expect": "reviews"}
        yield Page(
            url=address,
            body=body.encode(),
            fetched_at=NOW,
            headers={"content-type": "text/html; charset=utf-8"},
            context=context,
        )


def ingest(folder: Path, items: int) -> None:
    """Enrich and index what was collected."""
    from service.pipeline.index.ingest import ingest_waiting

    (done,) = ingest_waiting(installation(folder))
    if done.counts.new != items:
        raise SystemExit(f"{done.counts.new} of {items} items were ingested")


def link(folder: Path, _: int) -> None:
    """Look for near-duplicates."""
    from service.pipeline.index.linking import link_duplicates

    link_duplicates(installation(folder))


def rebuild(folder: Path, items: int) -> None:
    """Build the index anew."""
    from service.pipeline.index.rebuild import rebuild as anew

    status = anew(installation(folder))
    if status.counts["mention"] != items:
        raise SystemExit(f"{status.counts} for {items} items")


def digest(folder: Path, _: int) -> None:
    """Build and render one digest."""
    from ouidire.period import last_full_period
    from reports.data.scope import Edition, Scope
    from service.pipeline.report.digests import render_digest as made

    period = last_full_period("week", NOW, timezone="Europe/Paris")
    made(installation(folder), period, edition=Edition(scope=Scope(brand="banc")), language="fr")


STAGES: dict[str, Callable[[Path, int], None]] = {
    "collect": collect,
    "ingest": ingest,
    "link": link,
    "rebuild": rebuild,
    "digest": digest,
}


def child(stage: str, folder: str, items: str) -> None:
    """Do one stage; print its peak memory (MB) and its seconds as JSON."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    began = time.perf_counter()
    STAGES[stage](Path(folder), int(items))
    print(json.dumps({"peak": peak_mb(), "seconds": time.perf_counter() - began}))


def measured(stage: str, folder: Path, items: int) -> dict[str, float]:
    """Run one stage in a process of its own."""
    command = [sys.executable, "-m", "bench.memory", stage, str(folder), str(items)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{stage} at {items} items failed:\n{done.stderr[-2000:]}")
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Measure every stage at a tenth of SCALE and at SCALE."""
    few = max(1, SCALE // 10)
    print(
        f"Peak memory at {SCALE:,} items against {few:,}; aims: at most 1.10 times, less than 40 MB more.\n"
    )
    print(f"{'stage':<10}{few:>10,}{SCALE:>12,}{'growth':>11}{'ratio':>8}{'items/s':>10}")
    with tempfile.TemporaryDirectory() as place:
        folders = {count: Path(place) / str(count) for count in (few, SCALE)}
        for folder in folders.values():
            folder.mkdir()
        for stage in STAGES:
            small, large = (measured(stage, folders[count], count) for count in (few, SCALE))
            growth, ratio = large["peak"] - small["peak"], large["peak"] / small["peak"]
            met = "" if growth < 40 and ratio <= 1.1 else "   aim missed"  # noqa: PLR2004 (the aims)
            speed = SCALE / large["seconds"]
            peaks = f"{small['peak']:>7.0f} MB{large['peak']:>9.0f} MB{growth:>+8.0f} MB"
            print(f"{stage:<10}{peaks}{ratio:>8.2f}{speed:>10,.0f}{met}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        child(*sys.argv[1:])
    else:
        main()
