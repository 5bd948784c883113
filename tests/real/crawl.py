"""Crawls one saved file through the real engine, in its child process, and reads the sealed harvest back."""

import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from crawlers import load_source
from crawlers.access import TokenCall
from crawlers.job import CrawlJob
from crawlers.spawn import run_job
from ouidire.harvest.store import Harvest
from ouidire.ids import source_key
from ouidire.privacy import identified
from ouidire.settings.fetch import FetchSettings
from tests.real.serve import Saved, SavedSite

NOW = datetime(2026, 11, 1, tzinfo=UTC)
"""Later than every saved page."""
SECRET = "5a" * 32
CHILD = (sys.executable, "-m", "tests.real.child")


@dataclass
class Reading:
    """How a run ended, and its items as JSON values; the names of authors are those of the kept page."""

    status: str
    reason: str
    items: list
    texts: list = field(default_factory=list)
    fetched: list = field(default_factory=list)
    declared_total: int | None = None

    def of(self, kind):
        return [item for item in self.items if item["item"] == kind]


def crawl(case):
    """Crawl the case's page and return what the harvest holds."""
    os.environ.setdefault("OUIDIRE_REAL_KEY", "no-key-is-needed-here")
    source = load_source(case.slug)
    params = source.params.model_validate(case.params)
    first = next(iter(source.first_requests(params)))
    page = Saved(case.path.read_bytes(), case.content_type)
    answers = {urlsplit(first.url)._replace(query="").geturl(): page}
    if case.kind == "article":
        article = case.url.replace("https:", "http:")
        answers = {first.url: Saved(_feed_of(case, article), "application/xml"), article: page}
    grant = source.grant(params)
    if isinstance(grant, TokenCall):
        token = {grant.value_key: "a-token-of-no-service", grant.seconds_key: 3600}
        answers[grant.url] = Saved(json.dumps(token).encode(), "application/json")
    with SavedSite(answers) as site, tempfile.TemporaryDirectory() as folder:
        entity = source.entity(params)
        job = _job(case.slug, entity, case.params, folder, site, most=2 if case.kind == "article" else 1)
        manifest = run_job(job, on_log=lambda _: None)
        return _reading(manifest, Path(folder), source)


def robots(case):
    """Ask for the addresses of a robots.txt's case; the paths of those that were fetched are in `fetched`."""
    wanted = {f"{case.url}{path}": path for path in case.truth["can_fetch"]}
    answers = {f"{case.url}/robots.txt": Saved(case.path.read_bytes(), "text/plain")}
    with SavedSite(answers, any_path=Saved(b"<p>here</p>")) as site, tempfile.TemporaryDirectory() as folder:
        manifest = run_job(
            _job("addresses", "addresses", {"urls": list(wanted)}, folder, site, most=50),
            on_log=lambda _: None,
            command=CHILD,
        )
        pages = [page.url for _, page in Harvest(Path(folder)).pages()] if manifest.segments else []
    return Reading(
        manifest.summary.status, manifest.summary.reason, [], fetched=[wanted[url] for url in pages]
    )


def _job(slug, entity, params, folder, site, *, most):
    return CrawlJob(
        run_id="real",
        slug=slug,
        source_key=source_key(slug, entity),
        entity=entity,
        params=params,
        folder=folder,
        now=NOW,
        author_secret=SECRET,
        fetch=FetchSettings(delay=0, retries=0, timeout=20, proxy=site.url, max_pages=most),
    )


def _reading(manifest, folder, source):
    summary = manifest.summary
    if manifest.segments == () and summary.status == "failed":
        return Reading(summary.status, summary.reason, [])
    harvest = Harvest(folder)
    pages = [page for _, page in harvest.pages()]
    names = {}
    for page in pages:
        names |= _authors(page, source)
    items = []
    for line in harvest.items():
        item = line.item.model_dump(mode="json")
        if item.get("author_key"):
            item["author"] = names.get((line.id, item["author_key"]))
        items.append(item)
    return Reading(
        summary.status,
        summary.reason,
        items,
        [page.text for page in pages],
        [page.url for page in pages],
        summary.declared_total,
    )


def _authors(page, source):
    """Who wrote what, by (id, keyed hash): the harvest keeps the hash alone, its page has the name."""
    try:
        parsed = source.parse(page)
    except Exception:  # noqa: BLE001 (what the parser refuses has no authors)
        return {}
    sealed = identified(parsed.items, slug=source.slug, secret=bytes.fromhex(SECRET))
    return {
        (one, item.author_key): raw.author
        for raw, (one, item) in zip(parsed.items, sealed, strict=True)
        if getattr(item, "author_key", None)
    }


def _feed_of(case, url):
    """A feed of one entry, written here, that leads to the saved article."""
    title = escape(case.truth.get("title") or case.truth.get("page_title") or "Article")
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Fil</title><link>http://fil.example/</link>'
        f"<item><title>{title}</title><link>{escape(url)}</link></item></channel></rss>"
    ).encode()
