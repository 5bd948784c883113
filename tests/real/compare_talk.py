"""What was read of a saved conversation, against what is known of it and what the file itself holds."""

import hashlib
import html
import json
import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

HEAD = 40
"""Characters by which two texts are compared: what stands after them is looked at by the tests of parsers."""


class TalkCheck(NamedTuple):
    """One thing compared; `aim` as in `tests.real.compare.Check`."""

    what: str
    wanted: Any
    read: Any
    aim: bool = True

    @property
    def exact(self):
        return self.wanted == self.read


def compare_talk(case, reading):
    """Every check of a conversation: how many there are, the first and the last, and each one's fields."""
    mentions = reading.of("mention")
    yield TalkCheck("status", True, reading.status in {"ok", "degraded"})
    raw = ROWS[case.truth["kind"]](case)
    yield TalkCheck("how many", len(raw), len(mentions))
    if case.truth["kind"] != "mastodon_ndjson":
        yield TalkCheck("as many as known", _known_count(case.truth), len(mentions))
    for number, (row, one) in enumerate(zip(raw, mentions, strict=False), 1):
        yield TalkCheck(f"{number}: every field", row, {name: VALUES[name](one) for name in row})
    for place, mention in zip(("first", "last"), mentions[:1] + mentions[-1:], strict=False):
        if place not in case.truth:
            continue
        yield from _known(place, case.truth[place], mention)


def compare_cut(case, reading):
    """A stream whose last line breaks off: every line before it is read, and the break is said."""
    yield TalkCheck("status", "degraded", reading.status)
    whole = [line for line in case.path.read_text(encoding="utf-8").split("\n")[:-1] if line.strip()]
    statuses = [one for line in whole if (one := _loaded(line)) is not None]
    yield TalkCheck("whole lines", case.truth["parsable_lines"], len(statuses))
    ours = {one["id"] for one in statuses if _speaks(one) and not one["account"].get("noindex")}
    read = {one["native_id"] for one in reading.of("mention")}
    yield TalkCheck("statuses with words whose authors let us", ours, read)


def _loaded(line):
    try:
        return json.loads(line)
    except ValueError:
        return None


def _known_count(truth):
    names = ("hits", "statuses", "items", "posts", "articles", "topics")
    return next(truth[name] for name in names if name in truth)


def _known(place, known, mention):
    checks = {
        "title": lambda: mention["title"],
        "created": lambda: _at(mention["published"]),
        "created_utc": lambda: _at(mention["published"]).timestamp(),
        "published": lambda: _at(mention["published"]),
        "likes": lambda: mention["likes"],
        "points": lambda: mention["likes"],
        "url": lambda: mention["url"],
        "uri": lambda: mention["native_id"],
        "language": lambda: mention["language"],
        "num_comments": lambda: mention["extra"].get("comments"),
        "comments": lambda: mention["extra"].get("comments"),
        "domain": lambda: mention["extra"].get("domain"),
        "seendate": lambda: _at(mention["published"]),
    }
    for name, read in checks.items():
        if name in known and not (name == "language" and len(known[name] or "") > 2):
            wanted = known[name]
            if name in {"created", "published", "seendate"}:
                wanted = _moment(wanted)
            yield TalkCheck(f"{place}: {name}", wanted, read())
    if "score" in known:
        yield TalkCheck(f"{place}: score", max(known["score"], 0), mention["likes"])
    start = known.get("text_start") or known.get("text_original")
    if start:
        text, wanted = _bare(mention["text"]), _bare(start)[:HEAD]
        yield TalkCheck(f"{place}: text", wanted, text[: len(wanted)])
    if "author_sha256_12" in known:
        digest = hashlib.sha256((mention["author"] or "").encode()).hexdigest()[:12]
        yield TalkCheck(f"{place}: author", known["author_sha256_12"], digest)


def _moment(value):
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    moment = datetime.fromisoformat(str(value))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _at(stated):
    return None if stated is None else _moment(stated["at"])


VALUES = {
    "id": lambda one: one["native_id"],
    "url": lambda one: one["url"],
    "title": lambda one: one["title"],
    "author": lambda one: one["author"],
    "at": lambda one: _at(one["published"]),
    "likes": lambda one: one["likes"],
    "language": lambda one: one["language"],
    "words": lambda one: _bare(one["text"]),
    "kind": lambda one: one["kind"],
}
"""What of a mention stands for each value of a row."""


def _bare(text):
    """Letters and figures only: blanks and marks differ between ways of reading HTML."""
    return re.sub(r"\W", "", html.unescape(re.sub(r"<[^<>]*>", "", text or "")))[:200]


def _json(case):
    return json.loads(case.path.read_text(encoding="utf-8"))


def _hackernews_rows(case):
    return [
        {
            "id": hit["objectID"],
            "url": f"https://news.ycombinator.com/item?id={hit['objectID']}",
            "title": hit["title"],
            "author": hit["author"],
            "at": _moment(hit["created_at_i"]),
            "likes": hit["points"],
        }
        for hit in _json(case)["hits"]
    ]


def _mastodon_rows(case):
    """Statuses with words; one of pictures alone says nothing that could name a brand."""
    lines = [line for line in case.path.read_text(encoding="utf-8").split("\n") if line.strip()]
    return [
        {
            "id": one["id"],
            "url": one["url"],
            "at": _moment(one["created_at"]),
            "likes": one["favourites_count"],
            "language": one["language"].split("-")[0] if one["language"] else None,
            "words": _words(one),
            "kind": "comment" if one["in_reply_to_id"] else "post",
        }
        for one in map(json.loads, lines)
        if _speaks(one)
    ]


def _words(status):
    return _bare(status["content"]) or _bare("".join(_descriptions(status)))


def _speaks(status):
    """Whether a status has words, or signs such as emoji, or describes its pictures."""
    return bool(re.sub(r"<[^<>]*>", "", status["content"]).strip() or "".join(_descriptions(status)))


def _descriptions(status):
    return [picture["description"] or "" for picture in status["media_attachments"]]


def _youtube_rows(case):
    tops = [item["snippet"]["topLevelComment"] for item in _json(case)["items"]]
    return [
        {
            "id": top["id"],
            "author": top["snippet"]["authorDisplayName"],
            "at": _moment(top["snippet"]["publishedAt"]),
            "likes": top["snippet"]["likeCount"],
            "words": _bare(top["snippet"]["textOriginal"]),
        }
        for top in tops
    ]


def _stackexchange_rows(case):
    return [
        {
            "id": f"q{one['question_id']}",
            "url": one["link"],
            "title": html.unescape(one["title"]),
            "author": html.unescape(one["owner"]["display_name"]),
            "at": _moment(one["creation_date"]),
            "likes": one["score"],
        }
        for one in _json(case)["items"]
    ]


def _gdelt_rows(case):
    return [
        {
            "url": one["url"],
            "title": " ".join(one["title"].split()),
            "at": _moment(one["seendate"]),
        }
        for one in _json(case)["articles"]
    ]


def _bluesky_rows(case):
    return [
        {
            "id": post["uri"],
            "author": post["author"]["handle"],
            "at": _moment(post["record"]["createdAt"]),
            "likes": post["likeCount"],
            "words": _bare(post["record"]["text"]),
            "kind": "comment" if post["record"].get("reply") else "post",
            "language": (post["record"].get("langs") or [None])[0],
        }
        for post in _json(case)["posts"]
    ]


def _reddit_rows(case):
    children = [child["data"] for child in _json(case)["data"]["children"]]
    return [
        {
            "id": f"t3_{about['id']}",
            "title": " ".join(html.unescape(about["title"]).split()),
            "author": about["author"],
            "at": _moment(about["created_utc"]),
            "likes": max(about["score"], 0),
            "url": f"https://www.reddit.com{about['permalink']}",
        }
        for about in children
    ]


def _forum_rows(case):
    """Posts by their ids and dates; topics by their number and the first one's title."""
    truth = case.truth
    if "topics" in truth:
        return [{"title": truth["first_topic"]}, *({} for _ in range(truth["topics"] - 1))]
    rows = [{"id": each} for each in truth["post_ids"]]
    for row, date in zip(rows, truth.get("dates", ()), strict=False):
        _, day, month, year, hour = date.split()
        row["at"] = datetime.fromisoformat(f"{year}-{MONTHS[month]}-{int(day):02d}T{hour}:00+00:00")
    return rows


MONTHS = {"Oct": "10"}
ROWS = {
    "forum_thread": _forum_rows,
    "forum_board": _forum_rows,
    "bluesky_searchPosts": _bluesky_rows,
    "reddit_listing": _reddit_rows,
    "gdelt_artlist": _gdelt_rows,
    "hn_algolia": _hackernews_rows,
    "mastodon_ndjson": _mastodon_rows,
    "youtube_commentThreads": _youtube_rows,
    "stackexchange_questions": _stackexchange_rows,
}
"""What each kind of file holds, read by the standard library alone."""
