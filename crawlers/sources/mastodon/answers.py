"""The layouts `timeline`, `search` and `stream`: statuses as a list, as a search's answer, or one a line.

It cannot see how many statuses there are in all: an instance tells only what comes next.
"""

import re
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from crawlers.reading.extract import next_link, one_line, read_json
from crawlers.reading.json_answer import (
    check_status,
    known_object,
    name_of,
    objects,
    read_object,
    read_value,
    service_of,
)
from crawlers.reading.mentions import ReadMentions
from crawlers.reading.refusals import check_refused
from crawlers.sources.mastodon.statuses import keep_status
from crawlers.upkeep import AGAIN
from ouidire.errors import Blocked, LayoutChanged, SourceError
from ouidire.items import Parsed
from ouidire.page import Page, Request

PER_PAGE: Final = 40
OK: Final = 200
UNPROCESSABLE: Final = 422
ADVICE: Final = "many instances want a token: make one in your account's settings, and give key_env"
BLANK: Final = "\ufeff \t\r\n"
_EMPTY_LIST: Final = re.compile(r"\[\s*\]")


def check(page: Page) -> None:
    """Raise for an answer that is an error, by its status or by its words."""
    answer = known_object(page)
    if _is_gone(page):
        return
    said = name_of(answer.get("error_description")) or name_of(answer.get("error"))
    if page.status == OK and page.text.lstrip(BLANK)[:1] not in {"{", "["}:
        check_refused(page)
    if page.status == UNPROCESSABLE and "authenticated" in (said or "").lower():
        raise Blocked(f"{service_of(page)}: {said}; {ADVICE}")
    check_status(page, said, advice=ADVICE)
    if said and "id" not in answer:
        raise SourceError(f"the instance did not answer: {said}")


def knows_timeline(page: Page) -> bool:
    """Return whether the page is a list of statuses, or an empty one."""
    text = page.text.lstrip(BLANK)
    return text[:1] == "[" and (bool(_EMPTY_LIST.match(text)) or '"account"' in text or '"content"' in text)


def knows_search(page: Page) -> bool:
    """Return whether the page is the answer of a search."""
    return isinstance(known_object(page).get("statuses"), list)


def knows_status(page: Page) -> bool:
    """Return whether the page answers about one status that was asked for again."""
    answer = known_object(page)
    return page.kind == AGAIN and (_is_gone(page) or "account" in answer)


def _is_gone(page: Page) -> bool:
    """Return whether an instance says, in its API's own form, that a status asked for again is gone."""
    return page.kind == AGAIN and page.status in (404, 410) and "error" in known_object(page)


def parse_status(page: Page) -> Parsed:
    """Read one status that was asked for again; one that is gone is noted as such."""
    return _read(page, [] if _is_gone(page) else [read_object(page)]).parsed(last_page=False)


def knows_stream(page: Page) -> bool:
    """Return whether the page has a status on each line."""
    first = page.text.lstrip(BLANK).partition("\n")[0].strip()
    try:
        status = read_json(first) if first.startswith("{") else None
    except ValueError:
        return False
    return isinstance(status, dict) and "account" in status and "content" in status


def parse_timeline(page: Page) -> Parsed:
    """Read a hashtag's timeline, newest first. Raises LayoutChanged when it is no list."""
    listed = read_value(page)
    if not isinstance(listed, list):
        raise LayoutChanged("a list of statuses", selector="body")
    read = _read(page, listed)
    return read.parsed(follow=_older(page, listed, read), last_page=False)


def parse_search(page: Page) -> Parsed:
    """Read one page of a search. Raises LayoutChanged when it is none."""
    listed = read_object(page).get("statuses")
    if not isinstance(listed, list):
        raise LayoutChanged("a list of statuses", selector="statuses")
    read = _read(page, listed)
    parts = urlsplit(page.url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    following: tuple[Request, ...] = ()
    if len(listed) >= PER_PAGE and not read.is_past:
        offset = int(asked["offset"]) if re.fullmatch(r"\d{1,9}", asked.get("offset", "")) else 0
        query = urlencode(asked | {"offset": str(offset + len(listed))})
        following = (_request(page, parts._replace(query=query).geturl()),)
    return read.parsed(follow=following, last_page=False)


def parse_stream(page: Page) -> Parsed:
    """Read statuses that stand one a line; a line that breaks off is said."""
    listed: list[Any] = []
    broken: list[int] = []
    lines = [line for line in page.text.strip(BLANK).split("\n") if line.strip()]
    for number, line in enumerate(lines, 1):
        try:
            listed.append(read_json(line))
        except ValueError:
            broken.append(number)
    read = _read(page, listed)
    for number in broken:
        read.reject("incomplete", f"line {number} of {len(lines)}, which is no JSON", lines[number - 1][:60])
    return read.parsed(last_page=False)


def _read(page: Page, listed: list[Any]) -> ReadMentions:
    read = ReadMentions(page)
    entity = page.context.get("entity") or entity_of(page.url)
    statuses = objects(listed)
    for position, status in enumerate(statuses, 1):
        keep_status(status, entity, f"status {position}", page, read)
    for _ in range(len(listed) - len(statuses)):
        read.reject("unreadable", "the list of statuses", "no object")
    return read


def entity_of(url: str) -> str:
    """Return the instance, with the hashtag or query where an address names one."""
    parts = urlsplit(url)
    tag = re.search(r"/timelines/tag/([^/?#]+)", parts.path)
    query = parse_qs(parts.query).get("q", [""])[0]
    host = parts.hostname or "fediverse"
    if tag:
        return f"{host}/#{(one_line(tag[1]) or '').casefold()}"
    return f"{host}/{query.casefold()}" if query else host


def _older(page: Page, listed: list[Any], read: ReadMentions) -> tuple[Request, ...]:
    """Return the request of what is older: by the `Link` header, else by the last status of a full page."""
    if not listed or read.is_past:
        return ()
    url = next_link(page)
    last = name_of(listed[-1].get("id"), limit=100) if isinstance(listed[-1], dict) else None
    if url is None and "link" not in page.headers and len(listed) >= PER_PAGE and last:
        parts = urlsplit(page.url)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()} | {"max_id": last}
        url = parts._replace(query=urlencode(asked)).geturl()
    return (_request(page, url),) if url and _origin(url) == _origin(page.url) else ()


def _origin(url: str) -> tuple[str, str]:
    """Return what a token may be sent to: an address's scheme and host."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _request(page: Page, url: str) -> Request:
    name = page.context.get("key_env")
    headers = {"Authorization": f"Bearer secret:{name}"} if name else {}
    return Request(url=url, headers=headers, context=page.context)
