"""The reviews of one page of Apple's feed, in either form, and the next page.

It cannot see developers' answers and languages, which the feed does not have.
"""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from crawlers.reading.extract import clean, count, decimal, one_line, stated_date
from crawlers.sources.app_store.feed import Feed
from crawlers.sources.app_store.lookup import lookup_request
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed, Rejected
from ouidire.mention import Extra, Mention, Rating
from ouidire.page import Page, Request

BASE = "https://itunes.apple.com"
LAST = 10
"""Apple serves ten pages, whatever it says."""


def feed_url(base: str, app_id: str, country: str, number: int, form: str) -> str:
    """Return the address of one page of an app's reviews, newest first; `form` is "xml" or "json"."""
    return f"{base}/{country}/rss/customerreviews/page={number}/id={app_id}/sortby=mostrecent/{form}"


def read_reviews(page: Page, feed: Feed) -> Parsed:
    """Read the reviews of one page of a feed.

    Raises LayoutChanged when the app is not named, or reviews are missing where there must be some.
    """
    app_id, country, number = _place(page, feed)
    stated = next(
        (found for link in (feed.links.get("self", ""), feed.name) if (found := _app(link))), app_id
    )
    if stated != app_id:
        raise LayoutChanged(
            f"the feed of app {app_id} (it is that of app {stated})", selector="feed.link self, feed.id"
        )
    rejected: list[Rejected] = []
    mentions: dict[str, Mention] = {}
    for position, entry in enumerate(feed.entries, 1):
        mention = _mention(entry, f"{app_id}/{country}", country, page, f"entry {position}", rejected)
        if mention is None or mention.native_id is None:
            continue
        if mention.native_id in mentions:
            rejected.append(
                Rejected(reason="duplicate_in_page", where=f"entry {position}", detail=mention.native_id)
            )
        mentions.setdefault(mention.native_id, mention)
    last = min(_number(feed.links.get("last", "")) or 0, LAST)
    if not mentions and (rejected or number < last):
        raise LayoutChanged(f"reviews on page {number} of {last}", selector="feed.entry[].im:rating")
    goes_on = (
        bool(mentions)
        and (_number(feed.links.get("next", "")) or 0) > number
        and number < LAST
        and (number < last or not last)
    )
    witness = () if mentions or number > 1 else (lookup_request(_base(page, feed), app_id, country),)
    following = feed_url(_base(page, feed), app_id, country, number + 1, feed.form)
    older = _all_older(mentions, page.context.get("since"))
    return Parsed(
        items=tuple(mentions.values()),
        follow=(Request(url=following, context=page.context),) if goes_on and not older else witness,
        rejected=tuple(rejected),
        says_empty=not mentions,
        last_page=not goes_on and number < LAST
        if last
        else None,  # what the tenth page leaves out has not vanished
    )


def _place(page: Page, feed: Feed) -> tuple[str, str, int]:
    """Return (app, country, page number) from the page's address, else from the feed's own."""
    for url in (page.url, feed.links.get("self", ""), feed.name, feed.links.get("first", "")):
        app = _app(url)
        country = re.search(r"//[^/]+/([a-z]{2})/rss/", url) or re.search(r"[?&]cc=([a-z]{2})\b", url)
        if app:
            return app, country[1] if country else "us", _number(url) or 1
    raise LayoutChanged("the app that the feed is about", selector="/id=… in its address or its self link")


def _app(url: str) -> str | None:
    match = re.search(r"/id=(\d{5,12})", url)
    return match[1] if match else None


def _base(page: Page, feed: Feed) -> str:
    """Return the scheme and host that serve the feed: the page's, else those of the feed's own address."""
    own = next(
        (
            url
            for url in (page.url, feed.links.get("self", ""))
            if re.match(r"https?://[^/]+/(?:[a-z]{2}/)?rss/", url)
        ),
        "",
    )
    parts = urlsplit(own)
    return f"{parts.scheme}://{parts.netloc}" if own else BASE


def _number(url: str) -> int | None:
    match = re.search(r"/page=(\d{1,3})\b", url.partition("urlDesc=")[0])
    return int(match[1]) if match else None


def _mention(
    entry: dict[str, Any], name: str, country: str, page: Page, where: str, rejected: list[Rejected]
) -> Mention | None:
    if "rating" not in entry and "app_name" in entry:
        return None  # the app's own entry, first in older feeds
    stars = decimal(entry.get("rating"))
    native_id = one_line(entry.get("id"), limit=100)
    if native_id is None or stars is None or not 1 <= stars <= 5:  # noqa: PLR2004 (the scale)
        rejected.append(
            Rejected(
                reason="bad_rating" if native_id else "unreadable",
                where=where,
                detail=str(entry.get("rating"))[:80],
            )
        )
        return None
    published = stated_date(entry.get("updated"), fetched_at=page.fetched_at)
    if published is None and entry.get("updated"):
        rejected.append(Rejected(reason="bad_date", where=where, detail=str(entry["updated"])[:80]))
    extra: dict[str, Extra] = (
        {"version": version} if (version := one_line(entry.get("version"), limit=40)) else {}
    )
    votes = count(entry.get("votes"))
    return Mention(
        entity=name,
        native_id=native_id,
        url=one_line(entry.get("url"), limit=1000),
        title=clean(entry.get("title") or "") or None,
        text=clean(entry.get("text") or ""),
        author=clean(entry.get("author") or "") or None,
        country=country.upper(),
        published=published,
        rating=Rating(value=stars),
        likes=count(entry.get("likes")),
        extra=extra | ({"votes": votes} if votes is not None else {}),
    )


def _all_older(mentions: dict[str, Mention], since: str | None) -> bool:
    moments = [mention.published.at for mention in mentions.values() if mention.published]
    return bool(since and moments and max(moments) < datetime.fromisoformat(since))
