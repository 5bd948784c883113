"""Review sites by script: what each shows at a moment, read by the real chain but for the crawl's child."""

from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ouidire.clock import StatedDate
from ouidire.harvest.manifest import RunSummary
from ouidire.harvest.store import HarvestWriter
from ouidire.mention import Mention, Rating
from ouidire.privacy import identified

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 3, 9, 7, tzinfo=PARIS)
"""When the digest of 2026-W10 is due."""
DAYS = (1, 3, 5)
"""The days of a week, from Monday on, on which a review is published at noon."""


def week(back, *, day=0, hour=7):
    """The local moment on a day of the week that began `back` weeks before MONDAY."""
    start = MONDAY - timedelta(weeks=back)
    local = datetime.combine((start + timedelta(days=day)).date(), datetime.min.time(), tzinfo=PARIS)
    return local.replace(hour=hour)


class ScriptedSites:
    """Sites that publish three reviews a week until `silent_from`; runs at `failing` moments fail.

    Of one site alone where that is (site, moment).
    Stands in for `crawlers.spawn.run_job`: reviews have stars and no words, so that no model is needed.
    """

    def __init__(self, *, silent_from=None, failing=()):
        self.silent_from = silent_from
        self.failing = failing

    def published(self, url, now):
        now = now if now.year == MONDAY.year else week(1, day=6)  # the site's own clock does not jump
        moments = [week(back, day=day, hour=12) for back in range(9, -3, -1) for day in DAYS]
        return [
            (f"{url}#{at:%m%d}", at)
            for at in moments
            if at <= now and (self.silent_from is None or at < self.silent_from)
        ]

    def run_job(self, job, **_):
        url = job.params["url"]
        site = urlsplit(url).hostname.partition(".")[0]
        fails = job.now in self.failing or (site, job.now) in self.failing
        shown = [] if fails else self.published(url, job.now)
        fresh = [(name, at) for name, at in shown if job.since is None or at > job.since]
        reviews = [
            Mention(
                kind="review",
                native_id=name,
                url=name,
                entity=job.entity,
                rating=Rating(value=4, best=5),
                published=StatedDate(at=at, precision="second"),
            )
            for name, at in fresh
        ]
        status, reason = ("failed", "the site answered 503") if fails else ("ok", "")
        summary = RunSummary(
            status=status,
            reason=reason,
            started_at=job.now,
            finished_at=job.now,
            items=len(reviews),
            complete=not fails and job.since is None,
            cursor=max((at for _, at in fresh), default=None),
        )
        with HarvestWriter(
            Path(job.folder),
            run_id=job.run_id,
            source=job.slug,
            source_key=job.source_key,
            entity=job.entity,
        ) as writer:
            for item_id, item in identified(reviews, slug=job.slug, secret=bytes.fromhex(job.author_secret)):
                writer.add_item(item, item_id=item_id, page=None, seen_at=job.now)
            return writer.seal(summary)
