"""The layout `lookup`: Apple's own count of an app's ratings, which an empty feed of reviews is held against.

Apple answers with an empty feed for apps without reviews, for wrong numbers, and to servers that it does not
like. It cannot see how many of the ratings have words.
"""

from urllib.parse import urlencode

from crawlers.reading.extract import count
from crawlers.reading.json_answer import known_object, name_of, objects, read_object
from ouidire.errors import LayoutChanged, SourceError, SourceGone
from ouidire.items import Parsed
from ouidire.page import Page, Request

COUNTS = ("userRatingCount", "userRatingCountForCurrentVersion")


def lookup_request(base: str, app_id: str, country: str) -> Request:
    """Return the request for an app's description in one country."""
    asked = urlencode({"id": app_id, "country": country})
    context = {"app": app_id, "country": country}
    return Request(url=f"{base}/lookup?{asked}", kind="lookup", context=context)


def knows(page: Page) -> bool:
    """Return whether the page answers a lookup."""
    return "resultCount" in known_object(page)


def parse(page: Page) -> Parsed:
    """Return that there is nothing, for an app that nobody has rated.

    Raises SourceError for an app that has ratings though its feed is empty, SourceGone where there is no such
    app, LayoutChanged where it is not said how many ratings there are.
    """
    answer = read_object(page)
    results = objects(answer.get("results"))
    app, country = page.context.get("app", "?"), page.context.get("country", "?")
    if count(answer.get("resultCount")) == 0 and not results:
        raise SourceGone(
            f"the App Store has no app {app} in the country {country}: correct app_id or country"
        )
    named = [each for each in results if name_of(each.get("trackId")) in (app, None)]
    found = named[0] if named else {}
    counts = [number for name in COUNTS if (number := count(found.get(name))) is not None]
    if not counts:
        raise LayoutChanged("how many ratings the app has", selector="results[].userRatingCount")
    if max(counts) > 0:
        raise SourceError(
            f"Apple's feed is empty, though the app has {max(counts)} ratings in {country}: Apple often "
            "serves no reviews to servers; it is asked again next time; owners read all by appstore_connect"
        )
    return Parsed(says_empty=True, declared_total=0, last_page=True)
