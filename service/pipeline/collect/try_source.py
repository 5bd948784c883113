"""Tries a place before it is configured: who reads it, what is found on one page, and what it takes.

One page is fetched, politely and within the limits of the configuration, and nothing of it is kept. Places
whose terms forbid robots are not fetched: the way to them is said. It cannot see a site's second page, nor
whether its terms allow what its robots.txt does.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawlers import SOURCES, load_source
from crawlers.job import CrawlJob
from crawlers.page_process import ChildReader
from crawlers.page_reading import ParserFailed
from crawlers.reading.extract import absolute_url
from crawlers.sources.schema_org.scripts import shows_nothing
from crawlers.spawn import run_job
from crawlers.ways import way_in_words, way_of_address
from ouidire.errors import HarvestError, LayoutChanged, SourceError, UsageError
from ouidire.frozen import Frozen
from ouidire.harvest.store import Harvest
from ouidire.items import Parsed
from ouidire.mention import Mention
from ouidire.page import Page
from ouidire.settings.fetch import FetchSettings
from ouidire.settings.safety import secret_in_address
from ouidire.text.names import is_named
from service.pipeline.source_toml import params_in_address, source_toml

CANDIDATES = ("schema_org", "feed", "trustpilot", "app_store", "json_api")
"""Sources that read a page by its address alone, in the order in which they are asked."""
FETCHER = "schema_org"
"""The source under which the page is fetched: it asks for an address and nothing more."""
EXAMPLES = 3
NO_KEY = (401, 403)
UNREAD = "it marks up no reviews (JSON-LD, microdata, RDFa), and is neither a feed nor JSON"


class TriedPlace(Frozen):
    """What is known of a place after one try.

    `source` is the slug that reads it, None where none does; `status` how the one request ended, "" where
    none was made. `robots` is what robots.txt says. `toml` is the configuration to paste, where there is one.
    """

    place: str
    source: str | None = None
    layout: str | None = None
    status: str = ""
    reason: str = ""
    robots: str = ""
    items: int = 0
    rejected: int = 0
    declared_total: int | None = None
    examples: tuple[str, ...] = ()
    needs_script: bool = False
    needs_key: bool = False
    advice: tuple[str, ...] = ()
    title: str = ""
    limits: str = ""
    legal_note: str = ""
    toml: str = ""


def try_place(place: str, *, brand: str, names: Sequence[str] = (), fetch: FetchSettings) -> TriedPlace:
    """Return what reads a place, an address or a slug, and what was found on its one page.

    `brand` is the slug that goes into the configuration; `names` are those by which a source that speaks of
    other things too is told to keep what concerns the brand.

    Raises UsageError, naming the nearest way, for a slug that is none.
    """
    if "://" not in place and (("/" not in place and "." not in place) or place in SOURCES):
        return _tried_slug(place, brand=brand)
    url = place if "://" in place else f"https://{place}"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{place!r} is no web address; write it like https://example.fr/avis")
    secret = secret_in_address(url)
    if secret is not None:
        raise UsageError(
            f"{secret} in the address is a secret: nothing is fetched with it written out; try the address "
            "without it, and write {secret:NAME} in its place into the configuration"
        )
    known = params_in_address(url)
    way = way_of_address(url)
    words = way_in_words(way, SOURCES) if way is not None else ""
    if way is not None and (way.closed or (known is not None and known[0] == "app_store")):
        slug = known[0] if known is not None else next((each for each, _ in way.by if each in SOURCES), None)
        params = known[1] if known is not None else {}
        return _described(place, slug, params, brand=brand, advice=(words,) if words else ())
    tried = _fetched(place, url, brand=brand, names=names, fetch=fetch)
    if tried.source is not None or known is None:
        return tried
    advice = (*tried.advice, *filter(None, [words]))
    return _described(place, *known, brand=brand, advice=advice).model_copy(
        update={"status": tried.status, "reason": tried.reason, "robots": tried.robots}
    )


def _tried_slug(slug: str, *, brand: str) -> TriedPlace:
    load_source(slug)
    return _described(slug, slug, {}, brand=brand, advice=("nothing is fetched for a name: give an address",))


def _described(
    place: str,
    slug: str | None,
    params: Mapping[str, Any],
    *,
    brand: str,
    advice: tuple[str, ...] = (),
    **found: Any,  # noqa: ANN401 (fields of the result)
) -> TriedPlace:
    """Return a place with the fact sheet of the source that reads it, and the configuration to paste."""
    if slug is None:
        return TriedPlace(place=place, advice=advice, **found)
    about = load_source(slug).about
    return TriedPlace(
        place=place,
        source=slug,
        title=about.title,
        limits=about.limits,
        legal_note=about.legal_note,
        toml=source_toml(slug, params, brand=brand),
        advice=advice,
        **{"needs_key": about.needs_key, **found},
    )


def _fetched(place: str, url: str, *, brand: str, names: Sequence[str], fetch: FetchSettings) -> TriedPlace:
    with tempfile.TemporaryDirectory(prefix="ouidire-try-") as folder:
        job = CrawlJob(
            run_id="try",
            slug=FETCHER,
            source_key=f"{FETCHER}:try",
            entity="try",
            params={"url": url},
            folder=str(Path(folder) / "run"),
            author_secret="00" * 32,
            fetch=fetch.model_copy(update={"max_pages": 1}),
        )
        summary = run_job(job, on_log=lambda _: None).summary
        try:
            page = next((page for _, page in Harvest(Path(job.folder)).pages()), None)
        except HarvestError:
            page = None
    refused = summary.status == "refused_by_robots"
    robots = "forbids this page" if refused else "allows this page"
    if page is None:
        advice = (
            ("robots.txt forbids it: ask the site's owner, or read pages that you saved",) if refused else ()
        )
        return TriedPlace(
            place=place,
            status=summary.status,
            reason=summary.reason,
            robots=robots if refused or summary.pages else "",
            needs_key=any(f"HTTP {code}" in summary.reason for code in NO_KEY),
            advice=advice,
        )
    return _read(
        place, page, brand=brand, names=names, fetch=fetch, status=summary.status, reason=summary.reason
    )


def _read(
    place: str,
    page: Page,
    *,
    brand: str,
    names: Sequence[str],
    fetch: FetchSettings,
    status: str,
    reason: str,
) -> TriedPlace:
    """Return what the sources read on the page; the one that finds the most reads it."""
    best: tuple[int, str, dict[str, Any], Parsed] | None = None
    failures: list[str] = []
    for slug in (each for each in CANDIDATES if each in SOURCES):
        params = _params(slug, page)
        if params is None:
            continue
        source = load_source(slug)
        request = next(iter(source.first_requests(source.params.model_validate(params))))
        asked = Page(**{**page.model_dump(), "context": request.context, "kind": request.kind})
        if source.layout_of(asked) is None:
            continue
        try:
            with ChildReader.started(slug, fetch) as reader:
                parsed = reader.read(asked)
        except (SourceError, ParserFailed) as error:
            if not isinstance(error, LayoutChanged) or _says_more(slug, error, page):
                what = error.what if isinstance(error, LayoutChanged) else error
                failures.append(f"{slug}: {what}")
            continue
        worth = len(parsed.items) + parsed.says_empty
        if worth and (best is None or worth > best[0]):
            best = (worth, slug, params, parsed)
    needs_script = best is None and shows_nothing(page)
    feeds = _feeds(page)
    common = {
        "robots": "allows this page",
        "needs_script": needs_script,
        "needs_key": page.status in NO_KEY,
    }
    advice = [f"the page names a feed: ouidire sources try {each}" for each in feeds[:3]]
    if best is None:
        if needs_script:
            advice.insert(0, "it shows nothing without scripts: try schema_org with render = true")
        params = {"url": page.url, "render": True}
        toml = source_toml("schema_org", params, brand=brand) if needs_script else ""
        return TriedPlace(
            place=place,
            status=status,
            reason="; ".join(failures) or (UNREAD if status == "layout_changed" else reason),
            advice=tuple(advice),
            toml=toml,
            **common,
        )
    _, slug, params, parsed = best
    if names and "must_name" in load_source(slug).params.model_fields and _speaks_of_others(parsed, names):
        params = {**params, "must_name": list(names)}
    return _described(
        place,
        slug,
        params,
        brand=brand,
        advice=tuple(advice),
        layout=parsed.layout,
        status="ok" if parsed.items else "empty",
        items=len(parsed.items),
        rejected=len(parsed.rejected),
        declared_total=parsed.declared_total,
        examples=tuple(_line(item) for item in parsed.items if isinstance(item, Mention))[:EXAMPLES],
        **{**common, "needs_key": common["needs_key"] or load_source(slug).about.needs_key},
    )


def _speaks_of_others(parsed: Parsed, names: Sequence[str]) -> bool:
    """Return whether something was found that concerns only whom it names, and does not name the brand."""
    return any(
        not each.concerns_its_source and not is_named(f"{each.title or ''}\n{each.text}", names)
        for each in parsed.items
        if isinstance(each, Mention)
    )


def _says_more(slug: str, error: LayoutChanged, page: Page) -> bool:
    """Return whether a source knows the page's form and says what it lacks."""
    if slug == "schema_org":
        return "unreadable script" in error.what
    return slug == "json_api" and page.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def _params(slug: str, page: Page) -> dict[str, Any] | None:
    """Return the parameters with which a source would read a page; None where it cannot be its own."""
    if slug in {"trustpilot", "app_store"}:
        known = params_in_address(page.url)
        return known[1] if known is not None and known[0] == slug else None
    return {"url": page.url}


def _feeds(page: Page) -> list[str]:
    """Return the addresses of the feeds that a page names."""
    if "alternate" not in page.lowered:
        return []
    try:
        links = page.selector.xpath(
            "//link[@rel='alternate'][contains(@type, 'rss') or contains(@type, 'atom')]/@href"
        )
    except LayoutChanged:
        return []
    return [url for link in links.getall() if (url := absolute_url(page.url, link)) is not None]


def _line(mention: Mention) -> str:
    stars = f"{mention.rating.value:g}/{mention.rating.best:g}  " if mention.rating else ""
    date = f"{mention.published.at:%Y-%m-%d}  " if mention.published else ""
    return f"{date}{stars}{' '.join((mention.title or mention.text).split())[:80]}"
