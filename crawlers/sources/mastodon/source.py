"""mastodon: public posts under a hashtag, or found by a search, on one instance of the fediverse.

A search needs a token, and finds only posts whose authors agreed to be found. It cannot see posts that the
instance has not received, nor those that are not public.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import quote, urlencode

from pydantic import Field, model_validator

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import DAYS_HELP, NAMES_HELP, asking, query_name
from crawlers.reading.services.minimised import dropping
from crawlers.sources.mastodon import answers
from crawlers.upkeep import AGAIN, KnownMention, Upkeep, asking_again
from ouidire.page import Request


class MastodonParams(Params):
    """One hashtag or one search on one instance."""

    instance: str = Field(
        pattern=r"^[A-Za-z0-9.-]+(:\d+)?$", description="The instance's host, like `piaille.fr`."
    )
    tag: str | None = Field(default=None, pattern=r"^[^\s#/?]+$", description="A hashtag, without its #.")
    query: str | None = Field(default=None, min_length=1, description="What is searched for; needs a token.")
    must_name: tuple[str, ...] = Field(default=(), description=NAMES_HELP)
    days: int = Field(default=90, ge=1, le=3650, description=DAYS_HELP)
    key_env: str | None = Field(
        default=None,
        pattern=r"^[A-Z][A-Z0-9_]*$",
        description="Environment variable that holds a token of your account there (or, as NAME_FILE, "
        "its file).",
    )
    base_url: str | None = Field(
        default=None, pattern=r"^https?://[^/]+$", description="Where the instance answers, if elsewhere."
    )

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if (self.tag is None) == (self.query is None):
            message = "give a tag (a hashtag without its #) or a query, and not both"
            raise ValueError(message)
        if self.query is not None and self.key_env is None:
            message = "a query needs key_env, the name of the environment variable that holds your token"
            raise ValueError(message)
        return self


def entity(params: MastodonParams) -> str:
    """Return the instance with its hashtag or query, like `piaille.fr/#jardin`."""
    asked = f"#{params.tag.casefold()}" if params.tag else query_name(params.query or "")
    return f"{params.instance.lower()}/{asked}"


def requests(params: MastodonParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the first page, newest first; `since` ends the paging early."""
    base = params.base_url or f"https://{params.instance}"
    if params.tag:
        url = f"{base}/api/v1/timelines/tag/{quote(params.tag, safe='')}?limit={answers.PER_PAGE}"
    else:
        asked = {"q": params.query, "type": "statuses", "limit": answers.PER_PAGE, "offset": 0}
        url = f"{base}/api/v2/search?{urlencode(asked)}"
    context = asking(
        entity(params),
        names=params.must_name,
        since=since,
        days=params.days,
        instance=params.instance.lower(),
        key_env=params.key_env,
    )
    yield Request(url=url, headers=_headers(params), context=context)


def again(params: MastodonParams, known: Sequence[KnownMention]) -> Iterator[Request]:
    """Yield the requests for known statuses, one by one: only recent instances answer several at once."""
    base = params.base_url or f"https://{params.instance}"
    for each in known:
        context = {**asking_again(entity(params), [each]), "instance": params.instance.lower()}
        url = f"{base}/api/v1/statuses/{quote(each.native_id, safe='')}"
        yield Request(url=url, headers=_headers(params), kind=AGAIN, context=context)


def _headers(params: MastodonParams) -> dict[str, str]:
    return {"Authorization": f"Bearer secret:{params.key_env}"} if params.key_env else {}


LAYOUTS = (
    Layout(
        "search",
        since="2018-10",
        marks="JSON: statuses",
        knows=answers.knows_search,
        parse=answers.parse_search,
    ),
    Layout(
        "timeline",
        since="2016-10",
        marks="JSON: a list of statuses",
        knows=answers.knows_timeline,
        parse=answers.parse_timeline,
    ),
    Layout(
        "status",
        since="2016-10",
        marks="JSON: a status that was asked for again, or that there is none any more",
        knows=answers.knows_status,
        parse=answers.parse_status,
    ),
    Layout(
        "stream",
        since="2016-10",
        marks="a status on each line",
        knows=answers.knows_stream,
        parse=answers.parse_stream,
    ),
)

SOURCE = Source(
    slug="mastodon",
    about=FactSheet(
        title="Mastodon and the fediverse",
        site="the instance chosen",
        kind="social",
        access="api",
        official_api="https://docs.joinmastodon.org/api/ (each instance's own; a token where it wants one)",
        languages=("all",),
        limits="40 posts a page, 300 requests in 5 minutes; an instance shows what it has received.",
        legal_note="Public posts alone are read, and not those of accounts that do not want to be indexed "
        "(noindex, indexable). Posts are their authors' personal data (GDPR), often of opinions: names are "
        "kept as keyed hashes. What is deleted there is erased here: known posts are asked for again. Keep "
        "to the rules that the instance publishes; ask its administrators first.",
    ),
    params=MastodonParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    check=answers.check,
    reads_errors=True,
    minimised=dropping("avatar", "avatar_static", "header", "header_static", "note", "fields"),
    enumerates=False,
    upkeep=Upkeep(
        every=timedelta(days=2),
        within=timedelta(days=14),
        kept=timedelta(days=60),
        most=200,
        requests=again,
    ),
    erases=True,
    fields=("text", "published", "author", "url"),
)
