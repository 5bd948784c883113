"""What was read of a saved file, against what is known of it: one line for each thing, none left out.

Pure. It takes items as JSON values, so that a harvest and `ouidire parse --json` are judged alike. The known
values were derived independently of any parser of ours; what the files themselves say (every entry of a feed,
every result of an API) is read here with the standard library alone.
"""

import hashlib
import html
import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from tests.real.compare_talk import compare_cut, compare_talk

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
MORE_PAGES = (
    "more pages were left than fetch.max_pages allows: raise it, unless the listing is not that "
    "long and its pager leads in a circle"
)


class Check(NamedTuple):
    """One thing compared.

    `aim` is false for what is looked at beyond the aims: shown, never counted against them.
    """

    what: str
    wanted: Any
    read: Any
    aim: bool = True

    @property
    def exact(self):
        return self.wanted == self.read


def compare(case, reading):
    """Every check of a case."""
    if case.group == "none":
        return [
            Check("items", 0, len(reading.items)),
            Check("status", True, reading.status in {"layout_changed", "empty"}),
        ]
    return list(COMPARERS[case.group](case, reading))


def _ok(reading):
    """Ended well; a listing of which one page was saved ends as degraded, only because pages were left."""
    return Check(
        "status",
        "ok",
        "ok" if (reading.status, reading.reason) == ("degraded", MORE_PAGES) else reading.status,
    )


def _sha(name):
    return hashlib.sha256(name.encode()).hexdigest()[:12] if name else None


def _moment(stated):
    return None if stated is None else datetime.fromisoformat(str(stated))


def _day(stated):
    return None if stated is None else _moment(stated).astimezone(UTC).date().isoformat()


def _stars(mentions):
    return [mention["rating"]["value"] if mention["rating"] else None for mention in mentions]


def _number(value):
    return None if value is None else float(str(value).replace(",", "."))


def _file(case, reading):
    truth, mentions = case.truth, reading.of("mention")
    yield _ok(reading)
    yield Check("reviews", truth["reviews"], len(mentions))
    yield Check("ratings", truth.get("ratings") or truth["per_review_rating"], _stars(mentions))
    if "review_times" in truth:
        times = [int(_moment(mention["published"]["at"]).timestamp()) for mention in mentions]
        yield Check("times", truth["review_times"], times)
        return
    for mention, (_, stated, start) in zip(
        (mentions[0], mentions[-1]), (truth["first"], truth["last"]), strict=True
    ):
        match = re.search(r"(\w+) (\d+), (\d{4})$", stated)
        day = datetime.strptime(match[0], "%B %d, %Y").date().isoformat() if match else stated[:10]  # noqa: DTZ007
        yield Check("date", day, _day(mention["published"]["at"]))
        yield Check("begins", start, ((mention["title"] or mention["text"]).replace("\n", " "))[: len(start)])


def _trustpilot(case, reading):
    truth, mentions, summaries = case.truth, reading.of("mention"), reading.of("rating_summary")
    yield _ok(reading)
    yield Check("one summary", 1, len(summaries))
    summary = summaries[0] if summaries else {"rating": {}, "extra": {}}
    yield Check(
        "company", (truth["domain"], truth["business"]), (summary.get("entity"), summary.get("subject"))
    )
    yield Check(
        "TrustScore",
        (truth["trust_score"], 5),
        (summary["rating"].get("value"), summary["rating"].get("best")),
    )
    yield Check("stars", truth["stars"], summary["extra"].get("stars"))
    yield Check("reviews in all", truth["number_of_reviews_businessunit"], summary.get("review_count"))
    yield Check("declared total", truth["pagination"]["totalCount"], reading.declared_total)
    yield Check("ids, in order", truth["review_ids"], [mention["native_id"] for mention in mentions])
    yield Check("ratings", truth["ratings"], _stars(mentions))
    yield Check("replies", truth["replies_count"], sum(mention["reply"] is not None for mention in mentions))
    for place, mention in zip(("first_review", "last_review"), mentions[:1] + mentions[-1:], strict=False):
        known = truth[place]
        yield from _review(place.replace("_", " "), known, mention)
        yield Check(
            f"{place}: experienced",
            _day(known["experienced"]),
            _day((mention["experienced"] or {}).get("at")),
        )
        got = {
            name: mention[field]
            for name, field in {"language": "language", "verified": "verified", "likes": "likes"}.items()
        }
        yield Check(f"{place}: marks", {name: known[name] for name in got}, got)
        yield Check(f"{place}: reply", known["has_reply"], mention["reply"] is not None)
        yield Check(f"{place}: country", known["author_country"], mention["country"])


def _review(place, known, mention):
    yield Check(
        f"{place}: id, rating, title",
        (known["id"], known["rating"], known["title"]),
        (mention["native_id"], (mention["rating"] or {}).get("value"), mention["title"]),
    )
    yield Check(f"{place}: text", known["text_start"], mention["text"][: len(known["text_start"])])
    yield Check(f"{place}: author", known["author_sha256_12"], _sha(mention["author"]))
    if "published" in known:
        yield Check(
            f"{place}: date", _moment(known["published"]), _moment((mention["published"] or {}).get("at"))
        )


def _app_store(case, reading):
    truth, mentions = case.truth, reading.of("mention")
    yield _ok(reading)
    yield Check(
        "app and storefront",
        {f"{truth['app_id']}/{truth['country']}"},
        {mention["entity"] for mention in mentions},
    )
    yield Check("reviews", truth["reviews"], len(mentions))
    yield Check("ratings", truth["ratings"], _stars(mentions))
    yield Check("dates", truth["entries_have_updated"], any(mention["published"] for mention in mentions))
    for place, mention in zip(("first_review", "last_review"), mentions[:1] + mentions[-1:], strict=False):
        yield from _review(place.replace("_", " "), truth[place], mention)
        yield Check(f"{place}: version", truth[place]["version"], mention["extra"].get("version"))
    entries = json.loads(case.path.read_text(encoding="utf-8"))["feed"]["entry"]
    raw = [
        (
            entry["id"]["label"],
            entry["title"]["label"].strip(),
            entry["content"]["label"].strip(),
            entry["author"]["name"]["label"].strip(),
            entry["im:version"]["label"],
            int(entry["im:voteSum"]["label"]),
            int(entry["im:voteCount"]["label"]),
        )
        for entry in entries
        if "im:rating" in entry
    ]
    read = [
        (
            each["native_id"],
            each["title"],
            each["text"],
            each["author"],
            each["extra"].get("version"),
            each["likes"],
            each["extra"].get("votes"),
        )
        for each in mentions
    ]
    yield Check("every field of every review", raw, read)


def _structured(case, reading):
    truth, mentions, summaries = case.truth, reading.of("mention"), reading.of("rating_summary")
    yield _ok(reading)
    known = truth.get("aggregate_ratings") or ([truth["aggregate"]] if "aggregate" in truth else [])
    wanted = [
        (
            _number(one.get("ratingValue")),
            _number(one.get("bestRating", 5)),
            _count(one, "ratingCount"),
            _count(one, "reviewCount"),
        )
        for one in known
    ]
    read = [
        (one["rating"]["value"], one["rating"]["best"], one["rating_count"], one["review_count"])
        for one in summaries
    ]
    yield Check("ratings and counts", wanted, read)
    stars = truth.get("review_ratings") or truth.get("review_ratings_out_of_10") or []
    yield Check("reviews", truth.get("jsonld_reviews", truth.get("microdata_reviews", 0)), len(mentions))
    if stars:
        yield Check("review ratings", [_number(one) for one in stars], _stars(mentions))
    if "dates" in truth:
        yield Check(
            "review dates",
            [_moment(one) for one in truth["dates"]],
            [_moment((one["published"] or {}).get("at")) for one in mentions],
        )
    if "normalised_average_out_of_5" in truth and summaries:
        rating = summaries[0]["rating"]
        yield Check(
            "out of five",
            truth["normalised_average_out_of_5"],
            round(5 * rating["value"] / rating["best"], 2),
        )
    if "first_text_start" in truth and mentions:
        yield Check(
            "first text", truth["first_text_start"], mentions[0]["text"][: len(truth["first_text_start"])]
        )
    for place, mention in zip(("first_review", "last_review"), mentions[:1] + mentions[-1:], strict=False):
        if place in truth:
            one = truth[place]
            yield Check(f"{place}: rating", _number(one["rating"]), (mention["rating"] or {}).get("value"))
            yield Check(
                f"{place}: text", one["text_start"].strip(), mention["text"][: len(one["text_start"].strip())]
            )
            yield Check(f"{place}: author", one["author_sha256_12"], _sha(mention["author"]))
            yield Check(
                f"{place}: date",
                _day(one["date"] and _aware(one["date"])),
                _day((mention["published"] or {}).get("at")),
            )


def _aware(text):
    return text if "T" in text else f"{text}T12:00:00+00:00"


def _count(one, name):
    return int(one[name]) if one.get(name) is not None else None


def _feed(case, reading):
    truth, mentions = case.truth, reading.of("mention")
    yield _ok(reading)
    yield Check("entries", truth["entries"], len(mentions))
    root = ET.fromstring(case.path.read_bytes())  # noqa: S314 (our own copy of a known file)
    raw = [
        (
            _line(item.findtext("title")),
            (item.findtext("link") or "").strip(),
            _mailed(item.findtext("pubDate")),
        )
        for item in root.iter("item")
    ]
    read = [
        (_line(one["title"]), one["url"], _moment((one["published"] or {}).get("at"))) for one in mentions
    ]
    yield Check("every entry's title, link and date", raw, read)
    for place, mention in zip(("first", "last"), mentions[:1] + mentions[-1:], strict=False):
        known = truth[place]
        yield Check(
            f"{place} entry",
            (known["title"], known["link"], _mailed(known["date"])),
            (mention["title"], mention["url"], _moment((mention["published"] or {}).get("at"))),
        )
    told = [_line(_bare(item.findtext("description") or "")) for item in root.iter("item")]
    yield Check(
        "every entry has its words", [bool(text) for text in told], [bool(one["text"]) for one in mentions]
    )


def _line(text):
    """One line without the marks that nobody sees (U+200E and its like), which we do not keep."""
    return " ".join(INVISIBLE.sub("", html.unescape(text or "")).split())


def _bare(text):
    return re.sub(r"<[^<>]*>", " ", text)


def _mailed(text):
    return parsedate_to_datetime(text) if text else None


def _article(case, reading):
    truth = case.truth
    mentions = reading.of("mention")
    full = next(
        (one for one in mentions if one.get("extent") == "full"),
        {"text": "", "title": "", "published": None},
    )
    text = _line(full["text"])
    yield _ok(reading)
    for number, part in enumerate(truth.get("must_contain", []), 1):
        yield Check(f"contains {number}", True, _line(part) in text, aim=False)
    for number, part in enumerate(truth.get("must_not_contain", []), 1):
        yield Check(f"leaves out {number}", True, _line(part) not in text, aim=False)
    if truth.get("published"):
        yield Check(
            "date", _moment(truth["published"]), _moment((full["published"] or {}).get("at")), aim=False
        )
    if truth.get("title"):
        yield Check("title", _line(truth["title"]), _line(full["title"]), aim=False)


def _search_api(case, reading):
    truth = case.truth
    raw = json.loads(case.path.read_text(encoding="utf-8"))
    pages = reading.of("search_page")
    entries = pages[0]["entries"] if pages else []
    organic = [entry for entry in entries if entry["type"] == "organic"]
    yield _ok(reading)
    yield Check("query", truth["query"], pages[0]["query"] if pages else None)
    yield Check("first title", truth["first_title"], organic[0]["title"] if organic else None)
    yield Check("top three", truth["top3"], [entry["url"] for entry in organic[:3]])
    yield Check("ranks", list(range(1, len(organic) + 1)), [entry["rank"] for entry in organic])
    if truth["kind"] == "brave_search_api":
        rows, videos = raw["web"]["results"], raw["videos"]["results"]
        yield Check(
            "every result",
            [(row["url"], _line(_bare(row["title"])), row.get("age")) for row in rows],
            [(entry["url"], _line(entry["title"]), entry["date"]) for entry in organic],
        )
        yield Check(
            "every video",
            [row["url"] for row in videos],
            [entry["url"] for entry in entries if entry["type"] == "video"],
        )
        yield Check(
            "counts",
            (truth["web_results"], truth["videos"]),
            (len(organic), sum(one["type"] == "video" for one in entries)),
        )
    else:
        rows = raw["organic"]
        yield Check(
            "every result",
            [(row["link"], row["title"], row["snippet"], row.get("date")) for row in rows],
            [(entry["url"], entry["title"], entry["snippet"], entry["date"]) for entry in organic],
        )
        yield Check(
            "questions",
            truth["people_also_ask"],
            [entry["title"] for entry in entries if entry["type"] == "question"],
        )
        yield Check(
            "related searches",
            truth["related_searches"],
            sum(entry["type"] == "related_search" for entry in entries),
        )


def _google(case, reading):
    truth = case.truth
    pages = reading.of("search_page")
    page = pages[0] if pages else {"entries": []}
    organic = _entries(page, "organic")
    yield _ok(reading)
    if truth.get("organic_urls"):
        yield Check("organic list", truth["organic_urls"], [entry["url"] for entry in organic])
        yield Check("first title", truth["first_title"], organic[0]["title"] if organic else None)
    else:
        titles = [entry["title"] for entry in organic]
        yield Check("titles", truth["all_h3_link_titles"], titles)
        yield Check(
            "titles surely organic",
            truth["organic_titles"],
            [title for title in titles if title in truth["organic_titles"]],
        )
    yield from _blocks(truth, page)


def _entries(page, kind):
    return [entry for entry in page["entries"] if entry["type"] == kind]


def _blocks(truth, page):
    if truth.get("paa_questions"):
        asked = [text.removesuffix("More results") for text in truth["paa_questions"]]
        yield Check("questions", asked, [entry["title"] for entry in _entries(page, "question")], aim=False)
    for flag, kind in {
        "knowledge_panel": "knowledge_panel",
        "top_stories": "top_story",
        "featured_snippet": "featured_snippet",
        "local_pack": "local",
    }.items():
        if flag in truth:
            yield Check(flag, truth[flag], bool(_entries(page, kind)), aim=False)
    if "local_pack_items" in truth:
        wanted = [(item["stars"], item["reviews"]) for item in truth["local_pack_items"]]
        places = [
            ((one["rating"] or {}).get("value"), (one["rating"] or {}).get("count"))
            for one in _entries(page, "local")
        ]
        yield Check("local places", wanted, places, aim=False)
    if "rich_ratings" in truth:
        shown = [
            {"url": one["url"], "text": one["rating"]["text"]}
            for one in _entries(page, "organic")
            if one["rating"]
        ]
        yield Check("ratings shown", truth["rich_ratings"], shown, aim=False)
    if "ads_min" in truth:
        yield Check("ads, at least", True, len(_entries(page, "ad")) >= truth["ads_min"], aim=False)


def _engines(case, reading):
    truth, pages = case.truth, reading.of("search_page")
    organic = _entries(pages[0], "organic") if pages else []
    yield _ok(reading)
    yield Check("organic results", truth["organic_count"], len(organic))
    for name, key in (("organic_urls", "url"), ("organic_titles", "title")):
        if name in truth and not (key == "url" and truth.get("urls_sanitized")):
            yield Check(name, truth[name], [entry[key] for entry in organic])
    yield Check("engine", truth["engine"], pages[0]["engine"] if pages else None)


def _google_empty(_case, reading):
    pages = reading.of("search_page")
    yield Check("status", "empty", reading.status)
    yield Check("organic list", [], [entry["url"] for page in pages for entry in _entries(page, "organic")])


def _blocked(_case, reading):
    yield Check("status", "blocked", reading.status)
    yield Check("items", 0, len(reading.items))


def _encoding(case, reading):
    text = reading.texts[0] if reading.texts else ""
    yield Check("no replacement character", False, "\ufffd" in text)
    for number, part in enumerate(case.truth.get("must_contain", []), 1):
        yield Check(f"contains {number}", True, part in text)
    if case.truth["kind"] == "glassdoor_json":
        yield Check("as windows-1252 says", case.path.read_bytes().decode("cp1252"), text)
        yield Check("reviews in the JSON", case.truth["reviews"], len(json.loads(text)) if text else 0)
    else:
        yield Check(
            f"as {case.truth['encoding']} says", case.path.read_bytes().decode(case.truth["encoding"]), text
        )


def _robots(case, reading):
    known = case.truth["can_fetch"]
    yield Check("fetched", sorted(path for path, may in known.items() if may), sorted(reading.fetched))
    wanted = {frozenset({True}): "empty", frozenset({False}): "refused_by_robots"}
    yield Check("status", wanted.get(frozenset(known.values()), "degraded"), reading.status)
    from protego import Protego

    rules = Protego.parse(case.path.read_text(encoding="utf-8", errors="replace"))
    yield Check(
        "Protego", known, {path: rules.can_fetch(case.url + path, case.truth["agent"]) for path in known}
    )
    yield Check("sitemaps", case.truth["sitemaps"], len(list(rules.sitemaps)))


COMPARERS = {
    "file": _file,
    "talk": compare_talk,
    "cut": compare_cut,
    "trustpilot": _trustpilot,
    "app_store": _app_store,
    "structured": _structured,
    "feed": _feed,
    "article": _article,
    "search_api": _search_api,
    "google": _google,
    "google_titles": _google,
    "google_empty": _google_empty,
    "engines": _engines,
    "blocked": _blocked,
    "encoding": _encoding,
    "robots": _robots,
}
