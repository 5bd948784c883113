"""The layout `posts`: questions and answers of one Stack Exchange site, by a search or by any list of them.

It cannot see whole texts where a search gives extracts of them only.
"""

import re
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawlers.reading.extract import absolute_url, count
from crawlers.reading.json_answer import (
    JsonObject,
    check_status,
    known_object,
    mapping,
    markup_text,
    name_of,
    objects,
    read_object,
)
from crawlers.reading.mentions import ReadMentions
from crawlers.reading.refusals import check_refused
from ouidire.errors import LayoutChanged, RateLimited, SourceError
from ouidire.items import Parsed
from ouidire.mention import Extra, Mention
from ouidire.page import Page, Request

OK: Final = 200
THROTTLED: Final = 502
"""The API's own number of "too many requests", whatever the status."""
LONGEST_BACKOFF: Final = 86_400.0
OWN_HOSTS: Final = {
    "stackoverflow": "stackoverflow.com",
    "serverfault": "serverfault.com",
    "superuser": "superuser.com",
    "askubuntu": "askubuntu.com",
    "stackapps": "stackapps.com",
    "mathoverflow": "mathoverflow.net",
}
"""Sites with a domain of their own, by the name that the API has for them."""


def check(page: Page) -> None:
    """Raise for an error of the API, which has a number, a name and a message whatever the status."""
    answer = known_object(page)
    name, words = name_of(answer.get("error_name")), name_of(answer.get("error_message"))
    if not answer and page.status == OK:
        check_refused(page)
    if count(answer.get("error_id")) == THROTTLED or name == "throttle_violation":
        seconds = re.search(r"in (\d{1,7}) second", words or "")
        raise RateLimited(
            f"Stack Exchange: {words or 'too many requests'}; ask less often, or give key_env",
            retry_after=page.fetched_at + timedelta(seconds=int(seconds[1])) if seconds else None,
        )
    said = ": ".join(each for each in (name, words) if each)
    check_status(page, said, advice="check key_env")
    if said:
        raise SourceError(f"Stack Exchange: {said}")


def wait(page: Page) -> float:
    """Return the seconds that an answer asks to leave before the next request (`backoff`), a day at most."""
    return min(float(count(known_object(page).get("backoff")) or 0), LONGEST_BACKOFF)


def knows(page: Page) -> bool:
    """Return whether the page is an answer with items, as all of the API's."""
    answer = known_object(page)
    return isinstance(answer.get("items"), list) and bool({"has_more", "quota_remaining"} & answer.keys())


def parse(page: Page) -> Parsed:
    """Read an answer's questions and answers. Raises LayoutChanged when items are none of them."""
    answer, read = read_object(page), ReadMentions(page)
    listed = objects(answer.get("items"))
    if any("question_id" not in item for item in listed):
        raise LayoutChanged("questions and answers", selector="items[].question_id")
    site = page.context.get("site") or dict(parse_qsl(urlsplit(page.url).query)).get("site", "stackoverflow")
    for position, item in enumerate(listed, 1):
        _keep(item, site, f"item {position}", page, read)
    spent = count(answer.get("quota_remaining")) == 0
    goes_on = answer.get("has_more") is True and bool(listed) and not spent and not read.is_past
    return read.parsed(follow=(_next(page),) if goes_on else (), last_page=False)


def _keep(item: JsonObject, site: str, where: str, page: Page, read: ReadMentions) -> None:
    question, answer = name_of(item.get("question_id"), limit=20), name_of(item.get("answer_id"), limit=20)
    host = OWN_HOSTS.get(site, site if "." in site else f"{site}.stackexchange.com")
    own = f"https://{host}/a/{answer}" if answer else f"https://{host}/q/{question}"
    title = markup_text(item.get("title")) or None
    extra: dict[str, Extra] = {"thread": title} if answer and title else {}
    if (views := count(item.get("view_count"))) is not None:
        extra["views"] = views
    read.keep(
        Mention(
            kind="comment" if answer else "question",
            entity=page.context.get("entity") or site,
            native_id=f"a{answer}" if answer else question and f"q{question}",
            url=absolute_url(own, item.get("link")) if item.get("link") else own,
            title=None if answer else title,
            text=markup_text(item.get("body") or item.get("excerpt")),
            author=name_of(mapping(item.get("owner")).get("display_name"), limit=200),
            published=read.date(item.get("creation_date"), where),
            updated=read.date(item.get("last_edit_date"), None),
            likes=count(item.get("score")),
            extra=extra,
        ),
        where,
    )


def _next(page: Page) -> Request:
    """Return the request of the next page."""
    parts = urlsplit(page.url)
    asked = {name: value for name, value in parse_qsl(parts.query) if name != "key"}
    number = asked.get("page", "1")
    following = str(int(number) + 1) if re.fullmatch(r"\d{1,6}", number) else "2"
    return Request(
        url=search_url(
            parts._replace(query="").geturl(), asked | {"page": following}, page.context.get("key_env")
        ),
        context=page.context,
    )


def search_url(base: str, asked: dict[str, str], key_env: str | None) -> str:
    """Return an address with its query; the key is only named."""
    key = f"&key={{secret:{key_env}}}" if key_env else ""
    return f"{base}?{urlencode(asked)}{key}"
