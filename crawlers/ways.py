"""The nearest legitimate way to a place that is no source, or is written otherwise: by its name or address.

What is said of a place is what its terms and APIs allowed in November 2026. It cannot see what your own
contract with a platform allows.
"""

import difflib
import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import urlsplit

EXPORT = "its export, as a file"
PAGES = "pages that you saved, or that its robots.txt allows"


class Way(NamedTuple):
    """One place: the names and hosts it is known by, and the sources that read it, best first.

    `by` pairs sources with what they need; `closed` says why its pages are not fetched, where they are not.
    """

    title: str
    names: tuple[str, ...]
    hosts: tuple[str, ...]
    by: tuple[tuple[str, str], ...]
    closed: str = ""


_TERMS = "its terms forbid robots on its pages"
_OWNER = "the owner's consent, by the official API"


def _way(title: str, names: str, hosts: str, *by: tuple[str, str], closed: str = "") -> Way:
    return Way(title, tuple(names.split()), tuple(hosts.split()), by, closed)


WAYS: tuple[Way, ...] = (
    _way(
        "Google reviews",
        (
            "google googlemaps googlereviews googleavis gmb googlemybusiness gbp googleplaces maps "
            "avisgoogle googlebusinessprofile"
        ),
        ("maps.google.com google.com/maps google.fr/maps maps.app.goo.gl g.page business.google.com"),
        ("google_business", _OWNER),
        ("review_file", "a Google Takeout of the profile, as a file"),
        closed=_TERMS,
    ),
    _way(
        "Google's result pages",
        "googlesearch serp seo googleresults searchresults premierepage",
        "google.com/search google.fr/search",
        ("search_api", "a key of a search service"),
        ("google_results", "opt-in: read its legal note"),
        closed=_TERMS,
    ),
    _way(
        "Google Play",
        "googleplay playstore play android",
        "play.google.com",
        ("play_owner", _OWNER),
        ("review_file", "the Play Console's monthly CSV, as a file"),
        closed=_TERMS,
    ),
    _way(
        "the App Store",
        "appstore apple ios itunes applestore appstorereviews",
        "apps.apple.com itunes.apple.com",
        ("app_store", "the app's number in its address"),
        ("appstore_connect", _OWNER),
    ),
    _way(
        "Facebook",
        "facebook fb meta facebookpage facebookreviews facebookpages",
        "facebook.com fb.com m.facebook.com",
        ("facebook_page", "your own page, by Meta's API"),
        ("review_file", EXPORT),
        closed=_TERMS,
    ),
    _way(
        "Instagram",
        "instagram insta ig",
        "instagram.com",
        ("instagram", "your own account, by Meta's API"),
        ("json_api", "a listening service that you pay"),
        closed=_TERMS,
    ),
    _way(
        "Amazon",
        "amazon amazonreviews amazonavis",
        ("amazon.fr amazon.com amazon.de amazon.co.uk amazon.es amazon.it amazon.nl amazon.com.be"),
        ("review_file", "a seller's or vendor's export, as a file"),
        closed=_TERMS,
    ),
    _way(
        "Booking",
        "booking bookingcom",
        "booking.com",
        ("review_file", "the extranet's export"),
        closed=_TERMS,
    ),
    _way(
        "Tripadvisor",
        "tripadvisor trip",
        "tripadvisor.fr tripadvisor.com",
        ("review_file", "the Management Centre's export"),
        closed=_TERMS,
    ),
    _way(
        "Airbnb",
        "airbnb",
        "airbnb.fr airbnb.com",
        ("review_file", EXPORT),
        closed=_TERMS,
    ),
    _way(
        "Trustpilot",
        "trustpilotreviews trustpilotbusiness trust trustpilot.com",
        "trustpilot.com fr.trustpilot.com",
        ("trustpilot_api", "the owner's key"),
        ("review_file", "the export of Trustpilot Business"),
        ("trustpilot", PAGES),
    ),
    _way(
        "Avis Vérifiés",
        "avisverifies verifiedreviews netreviews skeeper",
        "avis-verifies.com verified-reviews.com skeepers.io",
        ("skeepers", "the client id and secret of your account"),
        ("review_file", EXPORT),
    ),
    _way(
        "Société des Avis Garantis",
        "avisgarantis societedesavisgarantis guaranteedreviews",
        "guaranteed-reviews.com societe-des-avis-garantis.fr",
        ("avis_garantis", "the shop's public key"),
    ),
    _way(
        "Reddit",
        "reddit",
        "reddit.com",
        ("reddit", "your own approved key"),
        closed=_TERMS,
    ),
    _way(
        "X (Twitter)",
        "x twitter tweets",
        "x.com twitter.com",
        ("json_api", "X's paid API, or a listening service that you pay"),
        closed=_TERMS,
    ),
    _way(
        "LinkedIn",
        "linkedin",
        "linkedin.com",
        ("review_file", "comments that you exported"),
        closed=_TERMS,
    ),
    _way(
        "TikTok",
        "tiktok",
        "tiktok.com",
        ("json_api", "a listening service that you pay"),
        closed=_TERMS,
    ),
    _way(
        "YouTube",
        "youtubecomments yt youtub",
        "youtube.com youtu.be",
        ("youtube", "a key of YouTube's API"),
        closed=_TERMS,
    ),
    _way(
        "Bluesky",
        "bsky blueskysocial bluesky",
        "bsky.app",
        ("bluesky", "an app password, or none"),
    ),
    _way(
        "Mastodon",
        "fediverse toots",
        "mastodon.social",
        ("mastodon", "an instance and a hashtag"),
    ),
    _way(
        "Hacker News",
        "hn ycombinator",
        "news.ycombinator.com",
        ("hackernews", "no key"),
    ),
    _way(
        "Stack Exchange",
        "stackoverflow",
        "stackoverflow.com",
        ("stackexchange", "no key"),
    ),
    _way(
        "the press",
        "press presse news googlenews actualites rss atom blog blogs googlealerts",
        "news.google.com",
        ("feed", "the address of a feed"),
        ("gdelt", "no key"),
        ("mediacloud", "a key, for research"),
    ),
    _way(
        "forums",
        "forum forums phpbb xenforo vbulletin invision",
        "",
        ("feed", "the forum's feed, with must_name"),
        ("discourse", "forums that run on Discourse"),
    ),
    _way(
        "Wikipedia",
        "wiki",
        "wikipedia.org fr.wikipedia.org",
        ("wikipedia", "the article's title"),
    ),
    _way(
        "Yelp",
        "yelp",
        "yelp.fr yelp.com",
        ("review_file", EXPORT),
        closed=_TERMS,
    ),
    _way(
        "Glassdoor",
        "glassdoor indeed",
        "glassdoor.fr glassdoor.com indeed.fr indeed.com",
        ("review_file", EXPORT),
        closed=_TERMS,
    ),
    _way(
        "Pages Jaunes",
        "pagesjaunes solocal",
        "pagesjaunes.fr",
        ("review_file", EXPORT),
        closed=_TERMS,
    ),
    _way(
        "a survey",
        (
            "survey surveys sondage enquete nps typeform surveymonkey googleforms microsoftforms "
            "qualtrics limesurvey"
        ),
        "",
        ("survey_file", "the tool's export, with the 0–10 question"),
    ),
    _way(
        "a file of reviews",
        "csv xlsx excel export takeout file fichier avis",
        "",
        ("review_file", "the file"),
        ("survey_file", "for surveys with a 0–10 question"),
    ),
    _way(
        "an endpoint",
        "api json rest ndjson webservice",
        "",
        ("json_api", "its address"),
    ),
    _way(
        "a page with reviews",
        "schema jsonld microdata web website site html page",
        "",
        ("schema_org", "a page that marks up its reviews"),
    ),
    _way(
        "AI assistants",
        "chatgpt openai gemini claude perplexity mistral ai ia llm geo",
        "chatgpt.com",
        ("assistant_answers", "keys of the engines"),
    ),
)
_CLOSE = 0.72
"""Likeness of two words (difflib's ratio) from which one is taken for a slip of the other."""


def way_of_name(word: str) -> Way | None:
    """Return the way to a place called so, whatever blanks, hyphens and capitals it is written with."""
    wanted = _folded(word)
    return next((way for way in WAYS if wanted in way.names or wanted == _folded(way.title)), None)


def way_of_address(url: str) -> Way | None:
    """Return the way to the place whose page an address is, or None for places we know nothing of."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return None
    whole = f"{host}{parts.path}"
    for way in WAYS:
        for known in way.hosts:
            if ("/" in known and whole.startswith(known)) or host == known or host.endswith(f".{known}"):
                return way
    return None


def nearest(word: str, known: Collection[str]) -> str:
    """Return what to use in the place of a name that is no source: the close one, or the way to the place."""
    wanted = _folded(word)
    slugs = {_folded(slug): slug for slug in known}
    if wanted in slugs:
        return f"did you mean {slugs[wanted]!r}?"
    way = way_of_name(word)
    if way is None:
        names = {name: each for each in WAYS for name in each.names if len(name) > 3}  # noqa: PLR2004 (short words are like many)
        close = difflib.get_close_matches(wanted, [*slugs, *names], n=1, cutoff=_CLOSE)
        if close and close[0] in slugs:
            return f"did you mean {slugs[close[0]]!r}?"
        way = names[close[0]] if close else None
    told = way_in_words(way, known) if way is not None else ""
    return told or f"the catalogue has {', '.join(sorted(known))}"


def way_in_words(way: Way, known: Collection[str]) -> str:
    """Return how a place is read with the sources there are; empty where none of them reads it."""
    listed = [f"{slug}: {needs}" for slug, needs in way.by if slug in known]
    if not listed:
        return ""
    return "; ".join([f"{way.title} can be read by {listed[0]}", *listed[1:], *filter(None, [way.closed])])


def _folded(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", word.lower())
