"""Seeded weeks of a fictional brand, its competitors and the web's first page, for previews and tests.

What an index would hold, without any crawl: quiet, busy, broken, empty, first, bare (nothing analysed) and
hostile weeks. The words are made up, the figures stand for nobody.
"""

import random
from collections.abc import Iterator

from ouidire.documents import Document
from reports.samples.brand import OWN, PERIOD, RIVALS, SampleKind
from reports.samples.events import events
from reports.samples.mentions import mentions
from reports.samples.runs import runs
from reports.samples.search_pages import results


def documents(kind: SampleKind, *, past: int = 8) -> Iterator[Document]:
    """Yield `past` weeks and PERIOD, as the index would hold them after the run of Monday morning."""
    weeks = (*PERIOD.before(past), PERIOD)
    for at, week in enumerate(weeks):
        last = at == len(weeks) - 1
        if kind == "first" and not last:
            continue
        for brand, usual in ((OWN, 62), (RIVALS[0], 74), (RIVALS[1], 31)):
            rng = random.Random(f"{week.key}{brand.slug}")
            count = usual + rng.randint(-6, 6)
            if last and kind == "busy" and brand is OWN:
                count = 131
            if last and kind == "empty" and brand is OWN:
                count = 0
            yield from mentions(
                brand, week, count, rng, crisis=last and kind == "busy" and brand is OWN, kind=kind, last=last
            )
        yield from runs(week, kind, broken=kind == "broken" and at in (4, len(weeks) - 1))
        if kind != "bare":
            yield from results(week, kind, last=last)
    if kind in ("busy", "broken"):
        yield from events(kind)
