"""The crawlers: sources of mentions and search pages, and the engine that fetches them.

`SOURCES` is the whole catalogue: one line a source, loaded when it is asked for, so that naming sources
imports none.
"""

from importlib import import_module
from typing import Any

from crawlers.base import Source
from crawlers.ways import nearest
from ouidire.errors import UsageError

SOURCES: dict[str, str] = {
    "app_store": "crawlers.sources.app_store.source",
    "appstore_connect": "crawlers.sources.appstore_connect.source",
    "assistant_answers": "crawlers.sources.assistant_answers.source",
    "autocomplete": "crawlers.sources.autocomplete.source",
    "avis_garantis": "crawlers.sources.avis_garantis.source",
    "bluesky": "crawlers.sources.bluesky.source",
    "bluesky_stream": "crawlers.sources.bluesky_stream.source",
    "discourse": "crawlers.sources.discourse.source",
    "facebook_page": "crawlers.sources.facebook_page.source",
    "feed": "crawlers.sources.feed.source",
    "forum": "crawlers.sources.forum.source",
    "gdelt": "crawlers.sources.gdelt.source",
    "google_business": "crawlers.sources.google_business.source",
    "google_results": "crawlers.sources.google_results.source",
    "hackernews": "crawlers.sources.hackernews.source",
    "instagram": "crawlers.sources.instagram.source",
    "json_api": "crawlers.sources.json_api.source",
    "mastodon": "crawlers.sources.mastodon.source",
    "mediacloud": "crawlers.sources.mediacloud.source",
    "play_owner": "crawlers.sources.play_owner.source",
    "reddit": "crawlers.sources.reddit.source",
    "review_file": "crawlers.sources.review_file.source",
    "saved_results": "crawlers.sources.saved_results.source",
    "schema_org": "crawlers.sources.schema_org.source",
    "search_api": "crawlers.sources.search_api.source",
    "skeepers": "crawlers.sources.skeepers.source",
    "stackexchange": "crawlers.sources.stackexchange.source",
    "survey_file": "crawlers.sources.survey_file.source",
    "trustpilot": "crawlers.sources.trustpilot.source",
    "trustpilot_api": "crawlers.sources.trustpilot_api.source",
    "wikipedia": "crawlers.sources.wikipedia.source",
    "youtube": "crawlers.sources.youtube.source",
}


def load_source(slug: str) -> Source[Any]:
    """Return the source of this slug. Raises UsageError, naming the nearest way, when there is none."""
    if slug not in SOURCES:
        message = f"no source is called {slug!r}; {nearest(slug, SOURCES)}"
        raise UsageError(message)
    source: Source[Any] = import_module(SOURCES[slug]).SOURCE
    return source
