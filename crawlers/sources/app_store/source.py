"""app_store: reviews of an app on Apple's App Store, one storefront at a time, from its review feeds.

Reads the feed in both its forms, JSON and XML; an empty one is held against the count of ratings that Apple
gives elsewhere. It cannot see more than the latest 500 reviews of a storefront
(10 pages of 50), dates where the JSON form leaves them out (until about 2021), languages, or developers'
answers.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.sources.app_store import feed_json, feed_xml, lookup
from crawlers.sources.app_store.reviews import BASE, feed_url
from ouidire.page import Request


class AppStoreParams(Params):
    """One app (its number in App Store addresses) in one country's storefront."""

    app_id: str = Field(pattern=r"^\d{5,12}$", description="The number in the app's address, after `id`.")
    country: str = Field(
        default="fr", pattern=r"^[a-z]{2}$", description="The storefront whose reviews are read."
    )
    base_url: str = Field(
        default=BASE, pattern=r"^https?://[^/]+$", description="Where the feeds are served."
    )


def entity(params: AppStoreParams) -> str:
    """Return the app's name in its storefront, like `1404176564/fr`: each country has reviews of its own."""
    return f"{params.app_id}/{params.country}"


def requests(params: AppStoreParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the first page as XML (the form with dates), newest first; `since` ends the paging early."""
    context = {"since": since.isoformat()} if since else {}
    yield Request(url=feed_url(params.base_url, params.app_id, params.country, 1, "xml"), context=context)


LAYOUTS = (
    Layout("lookup", since="2015", marks="JSON: resultCount", knows=lookup.knows, parse=lookup.parse),
    Layout("json", since="2014", marks="JSON: feed.entry", knows=feed_json.knows, parse=feed_json.parse),
    Layout("xml", since="2008", marks="XML: feed/entry", knows=feed_xml.knows, parse=feed_xml.parse),
)

SOURCE = Source(
    slug="app_store",
    about=FactSheet(
        title="App Store customer reviews",
        site="apps.apple.com",
        kind="app_store",
        access="api",
        official_api="https://developer.apple.com/documentation/appstoreconnectapi (your own apps, with "
        "answers; key required)",
        terms_url="https://www.apple.com/legal/internet-services/itunes/",
        languages=(),
        rating_scale="1–5 stars",
        limits="The latest 500 reviews of each storefront (10 pages of 50); no developer's answers, no "
        "languages.",
        legal_note="A public feed that Apple publishes without a key. Reviews are their authors' "
        "personal data (GDPR): nicknames are kept as keyed hashes only.",
    ),
    params=AppStoreParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    fields=("text", "rating", "author", "title"),
)
