"""Which saved file is read by which source, at which address: for `make real` and for the command line.

The address is the one that INDEX.md, expected.json or the page gives; where none does, one of the same form.
Files that no source reads yet are named as such, so that nobody takes silence for success.
"""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tests.support.paths import SHARED

FIXTURES = SHARED / "fixtures"
ABSENT = f"no saved real pages in {FIXTURES}: set OUIDIRE_SHARED to the folder that holds fixtures/"
GROUPS = {
    "trustpilot": "Trustpilot: every field",
    "app_store": "App Store: every field",
    "structured": "structured data: ratings, counts and reviews",
    "none": "nothing to read: said, not invented",
    "feed": "feeds: every entry",
    "article": "articles: the text and only it",
    "search_api": "Brave and Serper: every result",
    "google": "Google: organic lists exact and in order",
    "google_titles": "Google, sanitized: by its titles",
    "google_empty": "Google, no results: empty",
    "engines": "Bing, DuckDuckGo, Ecosia, Yandex: organic lists exact and in order",
    "talk": "conversations: every post and comment",
    "cut": "what breaks off: said, the rest read",
    "blocked": "captchas and challenges: blocked",
    "encoding": "encodings",
    "file": "files of reviews: every review, its rating and date",
    "robots": "robots.txt",
}


@dataclass(frozen=True)
class Case:
    """One saved file: its name, the group it counts in, its source, where it stood, what is known of it."""

    name: str
    group: str
    slug: str
    url: str
    truth: dict[str, Any]
    params: dict[str, Any] = field(default_factory=dict)
    kind: str = "list"

    @property
    def path(self):
        return FIXTURES / self.name

    @property
    def content_type(self):
        return {
            ".json": "application/json",
            ".xml": "application/xml",
            ".ndjson": "application/x-ndjson",
        }.get(self.path.suffix, "text/html")


@lru_cache(maxsize=1)
def expected():
    """What is known of each file, by its name; nothing where the folder is absent."""
    path = FIXTURES / "expected.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


@lru_cache(maxsize=1)
def cases():
    """Every file that a source reads, in the order of the index."""
    return tuple(
        case for name, truth in sorted(expected().items()) if (case := case_of(name, truth)) is not None
    )


def unread():
    """The files that no source reads yet, and that none has a reason not to read."""
    read = {case.name for case in cases()}
    return [
        name for name in sorted(expected()) if name not in read and expected()[name]["kind"] not in NO_SOURCE
    ]


def left_aside():
    """The files that no source is to read, each with the reason."""
    kinds = {name: truth["kind"] for name, truth in sorted(expected().items())}
    return {name: NO_SOURCE[kind] for name, kind in kinds.items() if kind in NO_SOURCE}


def case_of(name, truth):
    """The case of one file, or None for what no source reads."""
    kind = truth["kind"]
    builder = BUILDERS.get(kind)
    case = builder(name, truth) if builder else None
    if case is None and kind in {
        "trustpilot_business_units",
        "serp_parsed",
        "amazon_reviews_html",
    }:
        slug = {"trustpilot_business_units": "trustpilot", "serp_parsed": "search_api"}.get(
            kind, "schema_org"
        )
        case = Case(
            name,
            "none",
            slug,
            f"http://www.exemple.fr/{name}",
            truth,
            _params(slug, f"http://www.exemple.fr/{name}"),
        )
    return case


def _params(slug, url):
    if slug == "trustpilot":
        return {"company": "exemple.fr", "base_url": f"http://{urlsplit(url).hostname}"}
    if slug == "search_api":
        return {"provider": "searxng", "query": "exemple", "base_url": url}
    return {"url": url}


def _trustpilot(name, truth):
    host = urlsplit(truth["page_url"]).hostname
    params = {
        "company": truth["domain"],
        "base_url": f"http://{host}",
        "languages": truth["selected"]["languages"],
    }
    return Case(name, "trustpilot", "trustpilot", truth["page_url"], truth, params)


def _app_store(name, truth):
    url = f"https://itunes.apple.com/{truth['country']}/rss/customerreviews/page=1/id={truth['app_id']}/sortby=mostrecent/json"
    params = {"app_id": truth["app_id"], "country": truth["country"], "base_url": "http://itunes.apple.com"}
    return Case(name, "app_store", "app_store", url, truth, params)


HOSTS = {
    "750g": "www.750g.com/salade-de-carottes-r1.htm",
    "allrecipes": "www.allrecipes.com/recipe/1/pizza/",
    "climeo34": "climeo34.fr/",
    "cuisineaz": "www.cuisineaz.com/recettes/filet-de-saumon-1.aspx",
    "iens": "www.iens.nl/restaurant/1/enschede-rhodos",
    "madamefigaro": "madame.lefigaro.fr/recettes/sauce-tomate",
    "marmiton": "www.marmiton.org/recettes/recette_ratatouille_1.aspx",
    "monsterpet": "www.monsterpetsupplies.co.uk/johnsons-4-fleas",
    "tasteofhome": "www.tasteofhome.com/recipes/sauerbraten/",
    "tripadvisor": "www.tripadvisor.com/Attractions-g155019-Activities-Toronto_Ontario.html",
}
"""Addresses of the form that each site uses, where neither index nor page gives one that can be served."""


def _structured(name, truth):
    url = f"http://{HOSTS[name.split('/')[1].split('_')[0]]}"
    stated = (
        truth.get("aggregate_ratings")
        or truth.get("aggregate")
        or truth.get("jsonld_reviews")
        or truth.get("microdata_reviews")
    )
    return Case(name, "structured" if stated else "none", "schema_org", url, truth, {"url": url})


FEEDS = {
    "miniflux": "dustri.org/b/rss.xml",
    "sciences": "www.lemonde.fr/sciences/rss_full.xml",
    "une": "www.lemonde.fr/rss/une.xml",
}


def _feed(name, truth):
    url = f"http://{next(url for part, url in FEEDS.items() if part in name)}"
    return Case(name, "feed", "feed", url, truth, {"url": url})


def _article(name, truth):
    url = truth.get("url") or f"https://{name.split('/')[1].split('_')[0]}.example/article.html"
    return Case(
        name,
        "article",
        "feed",
        url,
        truth,
        {"url": "http://fil.example/rss.xml", "full_text": True},
        kind="article",
    )


def _search_api(name, truth):
    provider = name.split("/")[1].split("_")[0]
    base = {
        "brave": "http://api.search.brave.com/res/v1/web/search",
        "serper": "http://google.serper.dev/search",
    }[provider]
    params = {
        "provider": provider,
        "query": truth["query"],
        "gl": "us",
        "hl": "en",
        "key_env": "OUIDIRE_REAL_KEY",
        "base_url": base,
    }
    return Case(name, "search_api", "search_api", base.replace("http:", "https:"), truth, params)


def _google(name, truth):
    if truth["engine"] != "google":
        return _engines(name, truth)
    query = truth.get("query") or truth.get("query_starts") or "x"
    french = truth.get("lang") == "fr"
    device = "mobile" if truth.get("device") == "mobile" else "desktop"
    gl, hl = ("fr", "fr") if french else ("us", "en")
    params = {
        "query": query,
        "gl": gl,
        "hl": hl,
        "device": device,
        "base_url": "http://www.google.com/search",
        "render": False,
        "accept_legal_note": True,
    }
    group = "google" if truth.get("organic_urls") else "google_titles"
    if truth.get("no_results"):
        group = "google_empty"
    return Case(
        name,
        group,
        "google_results",
        f"https://www.google.com/search?{urlencode({'q': query}, quote_via=quote)}",
        truth,
        params,
    )


def _engines(name, truth):
    path = str(FIXTURES / name)
    asked = name.rpartition(".")[0].removesuffix("_sanitized").rpartition("_")[2].replace("-", " ")
    query = truth.get("query") or asked
    params = {"path": path, "engine": truth["engine"], "query": query, "gl": "us", "hl": "en"}
    return Case(name, "engines", "saved_results", f"file://{path}", truth, params)


def _blocked(name, truth):
    if "google" in name:
        params = {
            "query": "exemple",
            "base_url": "http://www.google.com/search",
            "render": False,
            "accept_legal_note": True,
        }
        return Case(
            name, "blocked", "google_results", "https://www.google.com/search?q=exemple", truth, params
        )
    return Case(
        name,
        "blocked",
        "schema_org",
        "https://www.exemple.fr/avis",
        truth,
        {"url": "http://www.exemple.fr/avis"},
    )


def _file(name, truth):
    path = str(FIXTURES / name)
    return Case(name, "file", "review_file", f"file://{path}", truth, {"path": path})


def _encoding(name, truth):
    url = f"http://www.exemple.fr/{name.rpartition('/')[2]}"
    return Case(name, "encoding", "schema_org", url, truth, {"url": url})


def _robots(name, truth):
    host = name.split("robots_")[1].removesuffix(".txt").partition("_")[0]
    return Case(name, "robots", "", f"http://{host}", truth)


def _hackernews(name, truth):
    params = {"query": truth["query"], "base_url": "http://hn.algolia.com", "days": 3650}
    url = f"https://hn.algolia.com/api/v1/search_by_date?{urlencode({'query': truth['query']})}"
    return Case(name, "talk", "hackernews", url, truth, params)


def _mastodon(name, truth):
    params = {"instance": "mastodon.social", "tag": "x", "base_url": "http://mastodon.social", "days": 3650}
    url = "https://mastodon.social/api/v1/timelines/tag/x"
    return Case(name, "cut" if truth.get("broken_lines") else "talk", "mastodon", url, truth, params)


def _youtube(name, truth):
    params = {"videos": ["v"], "key_env": "OUIDIRE_REAL_KEY", "base_url": "http://www.googleapis.com"}
    url = "https://www.googleapis.com/youtube/v3/commentThreads?videoId=v"
    return Case(name, "talk", "youtube", url, truth, {**params, "days": 3650}, kind="threads")


def _stackexchange(name, truth):
    params = {"query": "x", "site": "stackoverflow", "base_url": "http://api.stackexchange.com"}
    url = "https://api.stackexchange.com/2.3/questions?site=stackoverflow"
    return Case(name, "talk", "stackexchange", url, truth, {**params, "days": 3650})


def _gdelt(name, truth):
    params = {"query": "modi merz", "base_url": "http://api.gdeltproject.org"}
    url = "https://api.gdeltproject.org/api/v2/doc/doc?query=modi%20merz&mode=artlist"
    return Case(name, "talk", "gdelt", url, truth, params)


def _bluesky(name, truth):
    params = {
        "query": "redistricting",
        "identifier": "a.example",
        "password_env": "OUIDIRE_REAL_KEY",
        "base_url": "http://bsky.social",
        "days": 365,
    }
    url = "https://bsky.social/xrpc/app.bsky.feed.searchPosts?q=redistricting"
    return Case(name, "talk", "bluesky", url, truth, params)


def _reddit(name, truth):
    params = {
        "query": "praw",
        "client_id_env": "OUIDIRE_REAL_KEY",
        "client_secret_env": "OUIDIRE_REAL_KEY",
        "accept_legal_note": True,
        "base_url": "http://oauth.reddit.com",
        "token_url": "http://www.reddit.com/api/v1/access_token",
    }
    return Case(name, "talk", "reddit", "https://oauth.reddit.com/search?q=praw", truth, params)


def _forum(name, truth):
    url = f"https://{HOSTS_OF_FORUMS[name.split('forum_')[1].split('_')[0]]}"
    params = {"url": url.replace("https:", "http:"), "days": 3650, "read_threads": False}
    return Case(name, "talk", "forum", url, truth, params)


HOSTS_OF_FORUMS = {
    "askdin": "www.askdin.com/showthread.php?t=53668&page=3",
    "oneplus": "forums.oneplus.net/threads/marsh-cm13.405700/",
    "zone-concours": "www.zone-concours.com/forum/viewtopic.php?t=100",
}

NO_SOURCE = {
    "googlemaps_place": "the payload of Google Maps' own pages, which its terms forbid to collect; owners "
    "have google_business, and review_file for a Takeout export",
    "googlemaps_search": "the same: places of competitors, of which Google lets nobody keep reviews",
    "sitemap": "addresses of pages, and nothing that anybody says",
}
"""Why no source reads a kind of file."""

BUILDERS = {
    "forum_thread": _forum,
    "forum_board": _forum,
    "bluesky_searchPosts": _bluesky,
    "reddit_listing": _reddit,
    "gdelt_artlist": _gdelt,
    "hn_algolia": _hackernews,
    "mastodon_ndjson": _mastodon,
    "ndjson_malformed": _mastodon,
    "youtube_commentThreads": _youtube,
    "stackexchange_questions": _stackexchange,
    "trustpilot_company_page": _trustpilot,
    "appstore_rss_json": _app_store,
    "structured_data_page": _structured,
    "feed": _feed,
    "news_article": _article,
    "article_or_thread": _article,
    "brave_search_api": _search_api,
    "serper": _search_api,
    "serp": _google,
    "block_page": _blocked,
    "encoding": _encoding,
    "glassdoor_json": _encoding,
    "reviews_json": _file,
    "places_legacy_details": _file,
    "robots": _robots,
}
