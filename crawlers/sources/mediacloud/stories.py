"""The layout `stories`: a page of stories by Media Cloud's search, newest first.

It cannot see the words of an article, only its title.
"""

import re
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from crawlers.reading.extract import absolute_url
from crawlers.reading.json_answer import (
    JsonObject,
    check_status,
    known_object,
    name_of,
    objects,
    plain_text,
    read_object,
)
from crawlers.reading.mentions import ReadMentions, query_name
from crawlers.reading.refusals import check_refused
from ouidire.errors import LayoutChanged, SourceError
from ouidire.ids import canonical_url
from ouidire.items import Parsed
from ouidire.mention import Extra, Mention
from ouidire.page import Page, Request

OK: Final = 200


def check(page: Page) -> None:
    """Raise for an answer that is an error, by its status or by its words."""
    answer = known_object(page)
    said = next((words for key in ("note", "detail", "error") if (words := name_of(answer.get(key)))), None)
    if not answer and page.status == OK:
        check_refused(page)
    check_status(page, said, advice="check the key that key_env names, and its weekly quota")
    if "stories" not in answer and (said or answer.get("status") == "error"):
        raise SourceError(f"Media Cloud did not answer the query: {said or 'an error'}")


def knows(page: Page) -> bool:
    """Return whether the page is a list of stories."""
    return isinstance(known_object(page).get("stories"), list)


def parse(page: Page) -> Parsed:
    """Read one page of stories. Raises LayoutChanged when stories are none."""
    answer, read = read_object(page), ReadMentions(page)
    asked = parse_qs(urlsplit(page.url).query)
    entity = page.context.get("entity") or query_name((asked.get("q") or ["mediacloud"])[0])
    listed = objects(answer.get("stories"))
    if len(listed) < len(answer["stories"]):
        raise LayoutChanged("stories", selector="stories[]")
    for position, story in enumerate(listed, 1):
        _keep(story, entity, f"story {position}", page, read)
    token = name_of(answer.get("pagination_token"), limit=2_000)
    follow = (_next(page, token),) if token and listed and not read.is_past else ()
    return read.parsed(follow=follow, last_page=False)


def _keep(story: JsonObject, entity: str, where: str, page: Page, read: ReadMentions) -> None:
    url = absolute_url(page.url, story.get("url"))
    if url is None:
        read.reject("bad_url", where, story.get("url"))
        return
    language = name_of(story.get("language"), limit=20)
    extra: dict[str, Extra] = {}
    if medium := name_of(story.get("media_name"), limit=200):
        extra["medium"] = medium
    read.keep(
        Mention(
            kind="article",
            entity=entity,
            native_id=canonical_url(url)[:2_000],
            url=url,
            title=" ".join(plain_text(story.get("title")).split())[:1_000] or None,
            language=language.lower() if language and re.fullmatch(r"[a-zA-Z]{2,3}", language) else None,
            published=read.date(story.get("publish_date"), where),
            extra=extra,
        ),
        where,
    )


def _next(page: Page, token: str) -> Request:
    """Return the request of the next page, with the key only named."""
    parts = urlsplit(page.url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()} | {"pagination_token": token}
    return story_request(parts._replace(query="").geturl(), asked, page.context)


def story_request(base: str, asked: dict[str, str], context: dict[str, str]) -> Request:
    """Return a request for stories; the key is the one that the context's `key_env` names."""
    name = context.get("key_env")
    headers = {"Authorization": f"Token secret:{name}"} if name else {}
    return Request(url=f"{base}?{urlencode(asked)}", headers=headers, context=context)
