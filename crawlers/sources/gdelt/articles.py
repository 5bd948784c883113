"""The layout `articles`: a list of articles by GDELT's DOC 2.0 API, newest first.

It cannot see the words of an article, only its title; nor when it was published, only when GDELT first saw
it, to a quarter of an hour.
"""

import re
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from crawlers.reading.extract import absolute_url, one_line, read_json
from crawlers.reading.json_answer import (
    LARGEST,
    TOO_MANY,
    JsonObject,
    check_status,
    name_of,
    objects,
    plain_text,
)
from crawlers.reading.mentions import ReadMentions, asked_since, query_name
from crawlers.reading.refusals import check_refused
from crawlers.sources.gdelt.languages import language_code
from ouidire.errors import LayoutChanged, RateLimited, SourceError
from ouidire.ids import canonical_url
from ouidire.items import Parsed
from ouidire.mention import Extra, Mention
from ouidire.page import Page, Request

MOST: Final = 250
"""Articles that one answer holds at most."""
PACE: Final = 5.0
"""Seconds that GDELT asks to leave between two requests."""
STAMP: Final = "%Y%m%d%H%M%S"
_TOO_FAST: Final = re.compile(r"limit requests|too many requests|every 5 seconds", re.IGNORECASE)
_BAD_ESCAPE: Final = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')


def check(page: Page) -> None:
    """Raise for an answer that is an error: GDELT writes most of them as text, with status 200."""
    text = page.text.strip().lstrip("\ufeff")
    if page.kind == "article":
        check_refused(page)
        return
    said = None if text[:1] in {"{", "["} else one_line(text, limit=200)
    if page.status == TOO_MANY or _TOO_FAST.search(said or ""):
        raise RateLimited(f"GDELT: {said or 'too many requests'}; it allows one request in 5 seconds")
    check_status(page, said)
    if said is not None:
        check_refused(page)
        raise SourceError(f"GDELT did not answer the query: {said}; correct query")
    if not text:
        raise SourceError("GDELT sent an empty answer, which says nothing")


def read_answer(page: Page) -> JsonObject:
    """Return the answer's object; backslashes that begin no escape are left out.

    Raises LayoutChanged when it is none.
    """
    if len(page.body) > LARGEST:
        raise LayoutChanged(f"an answer of at most {LARGEST // 1_000_000} MB", selector="size of the body")
    text = page.text.strip().lstrip("\ufeff")
    for attempt in (text, _BAD_ESCAPE.sub("", text)):
        try:
            value = read_json(attempt)
        except ValueError:
            continue
        if isinstance(value, dict):
            return value
        break
    raise LayoutChanged("a JSON object", selector="body")


def knows(page: Page) -> bool:
    """Return whether the page is a list of articles, or the empty object that stands for none."""
    text = page.text.lstrip("\ufeff \t\r\n")
    if page.kind == "article" or text[:1] != "{":
        return False
    return '"articles"' in text[:200] or re.fullmatch(r"\{\s*\}\s*", text) is not None


def parse(page: Page) -> Parsed:
    """Read the articles. Raises LayoutChanged when the list is none."""
    answer, read = read_answer(page), ReadMentions(page)
    listed = objects(answer.get("articles"))
    if answer and not isinstance(answer.get("articles"), list):
        raise LayoutChanged("a list of articles", selector="articles")
    asked = parse_qs(urlsplit(page.url).query)
    entity = page.context.get("entity") or query_name((asked.get("query") or ["gdelt"])[0])
    full = page.context.get("full_text") == "yes"
    follow: list[Request] = []
    for position, article in enumerate(listed, 1):
        mention = _mention(article, entity, f"article {position}", page, read, full=full)
        if mention is None:
            continue
        read.keep(mention, f"article {position}")
        if full:
            follow.append(_whole(mention, page))
    if len(listed) >= MOST and not read.is_past:
        follow += _older(page, read.oldest)
    return read.parsed(follow=follow, last_page=False)


def _mention(
    article: JsonObject, entity: str, where: str, page: Page, read: ReadMentions, *, full: bool
) -> Mention | None:
    url = absolute_url(page.url, article.get("url"))
    if url is None:
        read.reject("bad_url", where, article.get("url"))
        return None
    extra: dict[str, Extra] = {}
    for name, key in (("domain", "domain"), ("source_country", "sourcecountry")):
        if value := name_of(article.get(key), limit=200):
            extra[name] = value
    return Mention(
        kind="article",
        entity=entity,
        native_id=canonical_url(url)[:2_000],
        url=url,
        title=" ".join(plain_text(article.get("title")).split())[:1_000] or None,
        language=language_code(article.get("language")),
        published=read.date(article.get("seendate"), where),
        extent="summary" if full else None,
        extra=extra,
    )


def _whole(mention: Mention, page: Page) -> Request:
    """Return the request for an article's own page, with what is known of it."""
    known = {
        "entity": mention.entity,
        "native_id": mention.native_id or "",
        "url": mention.url or "",
        "title": mention.title or "",
        "published": mention.published.model_dump_json() if mention.published else "",
        "language": mention.language or "",
        "must_name": page.context.get("must_name", ""),
    }
    return Request(
        url=mention.url or "", kind="article", context={name: value for name, value in known.items() if value}
    )


def _older(page: Page, oldest: datetime | None) -> list[Request]:
    """Return the request for what is older than a full answer's last article; nothing where none is dated."""
    if oldest is None:
        return []
    parts = urlsplit(page.url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    since = asked_since(page) or page.fetched_at - timedelta(days=90)
    window = {"startdatetime": since.strftime(STAMP), "enddatetime": oldest.strftime(STAMP)}
    asked.pop("timespan", None)
    if oldest <= since or asked.get("enddatetime") == window["enddatetime"]:
        return []  # a quarter of an hour with more articles than an answer holds
    url = parts._replace(query=urlencode(asked | window, quote_via=quote)).geturl()
    return [Request(url=url, context=page.context | {"since": since.isoformat()})]
