"""The same reviews as services answer them: Mastodon, Bluesky, Google, the App Store, any JSON API."""

import json
import re
from collections.abc import Sequence
from html import escape
from urllib.parse import parse_qs, urlsplit

from tests.faults.published import NAME, Review
from tests.faults.shapes import Listed, Shape, Side

MASTODON = "http://social.example/api/v1/timelines/tag/temoin"
BLUESKY = "http://bsky.example/xrpc/app.bsky.feed.searchPosts"
GOOGLE = "http://google.example/v4/accounts/1/locations/2/reviews"
APP = "http://apple.example/fr/rss/customerreviews"
SEARCH = "http://serp.example/search.json"
API = "http://api.example/v1/reviews"
JSON = {"Content-Type": "application/json; charset=utf-8"}
XML = {"Content-Type": "application/xml; charset=utf-8"}
STARS = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE")
APP_ID = "123456789"
ENVIRONMENT = {
    "FAULTS_SEARCH_KEY": "a-key-of-the-faults",
    "FAULTS_BSKY_PASSWORD": "abcd-efgh-ijkl-mnop",
    "FAULTS_CLIENT_ID": "client-of-the-faults",
    "FAULTS_CLIENT_SECRET": "a-secret-of-the-faults",
    "FAULTS_REFRESH": "a-refresh-token-of-the-faults",
}
"""Environment variables that these sources take their keys from: made up, and sent to this site alone."""


def _answer(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _naming(name: str, text: str) -> str:
    """Return a post's words, which name the brand: of those who do not, nothing is kept."""
    return f"{name}. {text}" if text else ""


def _status(each: Review, name: str = NAME) -> dict[str, object]:
    return {
        "id": str(each.number),
        "created_at": f"{each.on.isoformat()}T09:00:00.000Z",
        "visibility": "public",
        "language": "fr",
        "url": f"http://social.example/@{each.author}/{each.number}",
        "content": f"<p>{escape(_naming(name, each.text))}</p>",
        "account": {"acct": f"{each.author.lower().replace(' ', '_')}{each.number % 7}", "indexable": True},
        "favourites_count": 1,
    }


def timeline(page: Listed) -> bytes:
    """Return a hashtag's timeline, newest first."""
    return _answer([_status(each, page.name) for each in page.reviews])


def _post(each: Review, name: str = NAME) -> dict[str, object]:
    moment = f"{each.on.isoformat()}T09:00:00.000Z"
    handle = f"{each.author.lower().replace(' ', '-')}{each.number % 7}.bsky.example"
    return {
        "uri": f"at://did:plc:{each.number % 7}/app.bsky.feed.post/{each.number}",
        "cid": f"c{each.number}",
        "author": {"did": f"did:plc:{each.number % 7}", "handle": handle},
        "record": {"text": _naming(name, each.text), "createdAt": moment, "langs": ["fr"]},
        "indexedAt": moment,
        "likeCount": 1,
    }


def search_posts(page: Listed) -> bytes:
    """Return a search of Bluesky's, newest first."""
    return _answer({"posts": [_post(each, page.name) for each in page.reviews]})


def google_reviews(page: Listed) -> bytes:
    """Return a page of a location's reviews; without any, an object without them, as Google does."""
    listed = [
        {
            "name": f"accounts/1/locations/2/reviews/{each.number}",
            "reviewId": str(each.number),
            "reviewer": {"displayName": each.author},
            "starRating": STARS[each.rating] if each.rating < len(STARS) else "TEN",
            "comment": each.text,
            "createTime": f"{each.on.isoformat()}T09:00:00Z",
            "updateTime": f"{each.on.isoformat()}T09:00:00Z",
        }
        for each in page.reviews
    ]
    found: dict[str, object] = {"reviews": listed} if listed else {}
    if page.total:
        found |= {"totalReviewCount": page.total, "averageRating": 3.5}
    if page.number < page.pages:
        found["nextPageToken"] = str(page.number + 1)
    return _answer(found)


def app_feed(page: Listed) -> bytes:
    """Return a page of Apple's feed of an app's reviews."""
    entries = "".join(
        f"<entry><id>{each.number}</id><title>{escape(' '.join(each.text.split()[:3]))}</title>"
        f"<updated>{each.on.isoformat()}T09:00:00-07:00</updated><im:rating>{each.rating}</im:rating>"
        f'<content type="text">{escape(each.text)}</content>'
        f"<author><name>{each.author}</name></author></entry>"
        for each in page.reviews
    )

    def address(number: int) -> str:
        return f"{APP}/page={number}/id={APP_ID}/sortby=mostrecent/xml"

    links = {"self": page.number, "first": 1, "last": page.pages, "next": min(page.number + 1, page.pages)}
    shown = "".join(f'<link rel="{name}" href="{address(number)}"/>' for name, number in links.items())
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        f'xmlns:im="http://itunes.apple.com/rss"><id>{address(1)}</id><title>{page.name}</title>{shown}{entries}</feed>'
    ).encode()


def records(page: Listed) -> bytes:
    """Return a page of an endpoint's records, and how many there are."""
    listed = [
        {
            "id": f"r{each.number}",
            "date": f"{each.on.isoformat()}T09:00:00Z",
            "rating": each.rating,
            "author": each.author,
            "text": each.text,
        }
        for each in page.reviews
    ]
    return _answer({"company": page.name, "total": page.total, "reviews": listed})


def results(query: str = NAME, number: int = 8) -> bytes:
    """Return a page of search results, as a service sells it."""
    listed = [
        {
            "position": place,
            "title": f"{query} : adresse n° {place}",
            "link": f"https://site{place}.example/{query.split(maxsplit=1)[0].lower()}",
            "snippet": f"Ce que l'on dit de {query}, page {place}.",
        }
        for place in range(1, number + 1)
    ]
    found: dict[str, object] = {
        "search_metadata": {"status": "Success"},
        "search_parameters": {"engine": "google", "q": query, "gl": "fr", "hl": "fr"},
        "search_information": {"total_results": 1200 if number else 0},
    }
    nothing = "Google hasn't returned any results for this query."
    return _answer(found | ({"organic_results": listed} if number else {"error": nothing}))


def _by(name: str) -> re.Pattern[str]:
    return re.compile(rf"[?&/]{name}=(\d+)")


def _known(listed: Sequence[Review], numbers: Sequence[str]) -> list[Review]:
    return [each for each in listed if str(each.number) in numbers]


def _again_on_mastodon(url: str, listed: list[Review]) -> bytes | None:
    found = re.search(r"/api/v1/statuses/(\d+)$", url)
    known = _known(listed, [found[1]]) if found else []
    return _answer(_status(known[0])) if known else None


def _on_bluesky(url: str, listed: list[Review]) -> bytes | None:
    if url.endswith("createSession"):
        return _answer({"accessJwt": "a-session", "refreshJwt": "another", "did": "did:plc:us"})
    uris = parse_qs(urlsplit(url).query).get("uris", [])
    known = _known(listed, [each.rpartition("/")[2] for each in uris])
    return _answer({"posts": [_post(each) for each in known]})


def _on_google(url: str, _: list[Review]) -> bytes | None:
    if url.endswith("/token"):
        return _answer({"access_token": "a-token", "expires_in": 3600})
    if "/locations" in url:
        return _answer({"locations": [{"name": "locations/2", "title": NAME}]})
    return _answer({"accounts": [{"name": "accounts/1"}]})


def _on_apple(_: str, listed: list[Review]) -> bytes | None:
    return _answer({"resultCount": 1, "results": [{"trackId": int(APP_ID), "userRatingCount": len(listed)}]})


def _side(host: str, answer: "Side") -> "Side":
    return lambda url, listed: answer(url, listed) if urlsplit(url).netloc == host else None


SHAPES = {
    "mastodon": Shape(MASTODON, timeline, JSON, latest=30, side=_side("social.example", _again_on_mastodon)),
    "bluesky": Shape(BLUESKY, search_posts, JSON, latest=100, side=_side("bsky.example", _on_bluesky)),
    "google_business": Shape(
        GOOGLE,
        google_reviews,
        JSON,
        number=_by("pageToken"),
        side=_side("google.example", _on_google),
    ),
    "app_store": Shape(APP, app_feed, XML, side=_side("apple.example", _on_apple)),
    "json_api": Shape(API, records, JSON),
    "search": Shape(SEARCH, lambda _: results(), JSON, latest=8),
}
SOURCES = {
    "mastodon": """
[[source]]
source = "mastodon"
brands = ["temoin"]
every = "1w"
params = { instance = "social.example", tag = "temoin", base_url = "http://social.example" }
""",
    "bluesky": """
[[source]]
source = "bluesky"
brands = ["temoin"]
every = "1w"
params = { query = "Fleurs Témoin", identifier = "us.bsky.example", password_env = "FAULTS_BSKY_PASSWORD", \
days = 365, base_url = "http://bsky.example" }
""",
    "google_business": """
[[source]]
source = "google_business"
brands = ["temoin"]
every = "1w"
params = { account = "accounts/1", client_id_env = "FAULTS_CLIENT_ID", client_secret_env = \
"FAULTS_CLIENT_SECRET", refresh_token_env = "FAULTS_REFRESH", base_url = "http://google.example" }
""",
    "app_store": f"""
[[source]]
source = "app_store"
brands = ["temoin"]
every = "1w"
params = {{ app_id = "{APP_ID}", base_url = "http://apple.example" }}
""",
    "json_api": f"""
[[source]]
source = "json_api"
brands = ["temoin"]
every = "1w"
[source.params]
url = "{API}"
records = "reviews"
total = "total"
scale = 5
complete = true
fields = {{ id = "id", date = "date", rating = "rating", author = "author", text = "text" }}
paging = {{ kind = "page", parameter = "page", size = 10 }}
""",
}
SEARCHED = f"""
[[source]]
source = "search_api"
brands = ["temoin"]
every = "1w"
params = {{ provider = "serpapi", query = "{NAME}", key_env = "FAULTS_SEARCH_KEY", base_url = "{SEARCH}" }}
"""
"""A watched search, beside the listing: it brings no mention."""
