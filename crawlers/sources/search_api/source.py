"""search_api: search results from SearXNG, Brave Search, Serper or Google Programmable Search.

A key never enters a request, a page or a context: it is written `secret:NAME` (in a header) or
`{secret:NAME}` (in an address), and only the fetch engine puts it in. This source cannot see what the service
leaves out: ads and the AI overview mostly, and the order of blocks on the page.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, Literal, Self
from urllib.parse import urlencode

from pydantic import Field, model_validator

from crawlers.base import FactSheet, Params, Source
from crawlers.reading.search_results import ranked, search_entity
from crawlers.sources.search_api import answers
from ouidire.errors import Blocked, LayoutChanged, RateLimited
from ouidire.items import Parsed
from ouidire.page import Page, Request
from ouidire.serp import Device, SearchPage

Provider = Literal["searxng", "brave", "serper", "google_cse"]
BASES: Final[dict[Provider, str]] = {
    "searxng": "",
    "brave": "https://api.search.brave.com/res/v1/web/search",
    "serper": "https://google.serper.dev/search",
    "google_cse": "https://www.googleapis.com/customsearch/v1",
}
READERS: Final[dict[Provider, Callable[[answers.Answer], answers.SearchAnswer]]] = {
    "searxng": answers.searxng,
    "brave": answers.brave,
    "serper": answers.serper,
    "google_cse": answers.google_cse,
}
ENGINES: Final[dict[Provider, str]] = {
    "searxng": "searxng",
    "brave": "brave",
    "serper": "google",
    "google_cse": "google",
}
PER_PAGE: Final[dict[Provider, int]] = {"searxng": 10, "brave": 20, "serper": 10, "google_cse": 10}
LARGEST: Final = 20_000_000
_TOO_MANY: Final = 429
_ERROR: Final = 400
_QUOTA: Final = (
    "quota",
    "rate limit",
    "rate_limit",
    "ratelimit",
    "too many",
    "not enough credits",
    "dailylimit",
    "resource_exhausted",
)
_KEY: Final = ("api key", "keyinvalid", "unauthorized", "token", "forbidden", "permission", "credential")


class SearchApiParams(Params):
    """One watched search.

    `key_env` names the environment variable that holds the key (or, as NAME_FILE, its file).
    """

    provider: Provider = Field(description="Who answers the search.")
    query: str = Field(min_length=1, description="What people search for.")
    query_kind: Literal["brand", "category"] = Field(
        default="brand",
        description="`brand` names us; `category` is what we sell (« meilleure jardinerie Lyon »).",
    )
    gl: str = Field(default="fr", pattern=r"^[a-z]{2}$", description="The country searched from.")
    hl: str = Field(
        default="fr", pattern=r"^[a-z]{2}(-[A-Za-z]{2,4})?$", description="The language searched in."
    )
    device: Device = Field(default="desktop", description="The kind of device searched on.")
    pages: int = Field(default=1, ge=1, le=10, description="Pages of results.")
    key_env: str | None = Field(
        default=None,
        pattern=r"^[A-Z][A-Z0-9_]*$",
        description="Environment variable that holds the key (or, as NAME_FILE, its file).",
    )
    engine_id: str | None = Field(
        default=None, pattern=r"^[\w:-]+$", description="The engine (`cx`) of a Google Programmable Search."
    )
    base_url: str | None = Field(
        default=None, pattern=r"^https?://", description="Where it answers; SearXNG's address is required."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.provider == "searxng" and not self.base_url:
            message = (
                "searxng needs base_url, the address of your instance, like https://searx.example.fr/search"
            )
            raise ValueError(message)
        if self.provider != "searxng" and not self.key_env:
            message = (
                f"{self.provider} needs key_env, the name of the environment variable that holds its key, "
                "like SEARCH_API_KEY"
            )
            raise ValueError(message)
        if self.provider == "google_cse" and not self.engine_id:
            message = "google_cse needs engine_id, the search engine's identifier (cx)"
            raise ValueError(message)
        return self


def entity(params: SearchApiParams) -> str:
    """Return the search's name, like `serper/fr/fr/desktop/pousse et compagnie`."""
    return search_entity(params.provider, params.query, gl=params.gl, hl=params.hl, device=params.device)


def requests(params: SearchApiParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield one request a page; a search has no past, so `since` changes nothing."""
    del since
    for page in range(1, params.pages + 1):
        yield _request(params, page)


def _request(params: SearchApiParams, page: int) -> Request:
    base = params.base_url or BASES[params.provider]
    headers = {"Accept": "application/json"}
    body: str | None = None
    context = {
        key: getattr(params, key) for key in ("provider", "query", "query_kind", "gl", "hl", "device")
    } | {"page": str(page)}
    if params.provider == "searxng":
        asked = {
            "q": params.query,
            "format": "json",
            "language": _locale(params),
            "pageno": page,
            "categories": "general",
        }
        url = f"{base}?{urlencode(asked)}"
    elif params.provider == "brave":
        asked = {
            "q": params.query,
            "country": params.gl.upper(),
            "search_lang": params.hl[:2],
            "count": 20,
            "offset": page - 1,
        }
        url = f"{base}?{urlencode(asked | {'text_decorations': 'false'})}"
        headers["X-Subscription-Token"] = f"secret:{params.key_env}"
    elif params.provider == "serper":
        url = base
        body = json.dumps(
            {"q": params.query, "gl": params.gl, "hl": params.hl, "num": 10, "page": page}, ensure_ascii=False
        )
        headers |= {"Content-Type": "application/json", "X-API-KEY": f"secret:{params.key_env}"}
    else:
        asked = {
            "cx": params.engine_id,
            "q": params.query,
            "gl": params.gl,
            "hl": params.hl,
            "num": 10,
            "start": 10 * page - 9,
        }
        url = f"{base}?key={{secret:{params.key_env}}}&{urlencode(asked)}"
    method: Literal["GET", "POST"] = "POST" if body is not None else "GET"
    return Request(url=url, method=method, headers=headers, body=body, kind="search", context=context)


def _locale(params: SearchApiParams) -> str:
    return params.hl if "-" in params.hl else f"{params.hl}-{params.gl.upper()}"


def parse(page: Page) -> Parsed:
    """Read one answer.

    Raises RateLimited (quota), Blocked (key refused, JSON switched off, no engine answered) and LayoutChanged
    (no JSON, or none of the shapes known).
    """
    if len(page.body) > LARGEST:
        raise LayoutChanged(f"an answer of at most {LARGEST // 1_000_000} MB", selector="size of the body")
    answer = _answer(page)
    _refuse(page, answer)
    provider = _provider(page, answer)
    reading = READERS[provider](answer)
    silent = [
        str(row[0])
        for row in answers.listed(answer.get("unresponsive_engines"))
        if isinstance(row, list) and row
    ]
    if reading.says_empty and silent:
        raise Blocked(
            f"searxng: none of its engines answered ({', '.join(silent[:8])}); choose other engines in "
            "its settings or wait"
        )
    asked = page.context
    query = asked.get("query") or reading.query
    if not query:
        raise LayoutChanged("the words searched for", selector="query")
    gl, hl = asked.get("gl") or reading.gl, asked.get("hl") or reading.hl
    device: Device = "mobile" if asked.get("device") == "mobile" else "desktop"
    asked_page = answers.whole(asked.get("page"))
    found = SearchPage(
        entity=search_entity(provider, query, gl=gl, hl=hl, device=device),
        engine=ENGINES[provider],
        query=query,
        gl=gl,
        hl=hl,
        device=device,
        page_number=reading.page_number or asked_page or 1,
        url=page.url,
        captured_at=page.fetched_at,
        total_stated=reading.total,
        entries=ranked(reading.entries),
    )
    ends = True if reading.says_empty else reading.last_page
    return Parsed(items=(found,), declared_total=reading.total, says_empty=reading.says_empty, last_page=ends)


def _answer(page: Page) -> answers.Answer:
    try:
        answer = page.json_value()
    except (ValueError, RecursionError) as error:
        if page.status >= _ERROR:
            _refuse(page, {})
        raise LayoutChanged(
            "JSON", selector=f"body ({page.headers.get('content-type', 'no content type')})"
        ) from error
    if not isinstance(answer, dict):
        raise LayoutChanged("a JSON object", selector="body")
    return answer


def _refuse(page: Page, answer: answers.Answer) -> None:
    """Raise RateLimited or Blocked for an error answer; return when it is none."""
    error = answer.get("error")
    detail = answers.mapping(error)
    code = (
        answers.whole(detail.get("code"))
        or answers.whole(detail.get("status"))
        or answers.whole(answer.get("statusCode"))
        or page.status
    )
    message = answers.words(
        detail.get("message")
        or detail.get("detail")
        or (error if isinstance(error, str) else None)
        or answer.get("message")
    )
    if not error and page.status < _ERROR and not ("message" in answer and "statusCode" in answer):
        return
    name = page.context.get("provider", "the search service")
    searched = f"{json.dumps(detail, default=str)[:4_000]} {message or ''}".lower()
    shown = f"{name} answered {code}" + (f": {message[:200]}" if message else "")
    if code == _TOO_MANY or any(mark in searched for mark in _QUOTA):
        raise RateLimited(
            f"{shown}; the quota is used up or requests come too fast: search less often or raise the plan"
        )
    if name == "searxng" and page.status == 403:  # noqa: PLR2004
        raise Blocked(
            f"{shown}; let the instance answer JSON (search.formats in its settings.yml) and let this "
            "machine in"
        )
    if code in {401, 403} or any(mark in searched for mark in _KEY):
        raise Blocked(f"{shown}; check the key in the environment variable that key_env names")
    raise Blocked(f"{shown}; nothing was read")


def _provider(page: Page, answer: answers.Answer) -> Provider:
    """Return whose answer it is: as asked, or by its shape for a saved file."""
    asked = page.context.get("provider")
    for provider in BASES:
        if asked == provider:
            return provider
    if answer.get("kind") == "customsearch#search":
        return "google_cse"
    if "searchParameters" in answer or isinstance(answer.get("organic"), list):
        return "serper"
    if answer.get("type") == "search" and isinstance(answer.get("query"), dict):
        return "brave"
    if isinstance(answer.get("results"), list) and isinstance(answer.get("query"), str):
        return "searxng"
    raise LayoutChanged(
        "an answer of SearXNG, Brave, Serper or Google Programmable Search", selector="top-level keys"
    )


SOURCE: Final = Source(
    slug="search_api",
    about=FactSheet(
        title="Search services (SearXNG, Brave Search, Serper, Google Programmable Search)",
        site="the service chosen",
        kind="search_results",
        access="api",
        official_api="Brave Search API and Custom Search JSON API are official; SearXNG is your "
        "instance; Serper is a provider",
        needs_key=True,
        languages=("all",),
        rating_scale="as the service gives it (5 unless it says otherwise)",
        limits="Quotas of the plan; 10 results a page (Brave 20); ads and AI overviews are mostly not given.",
        legal_note="Use follows your contract with the service. Results hold public addresses, titles "
        "and extracts; no account is read.",
    ),
    params=SearchApiParams,
    entity=entity,
    requests=requests,
    parse=parse,
    enumerates=False,
    versions=("2024-03 Brave web/search, Serper search, customsearch/v1, SearXNG format=json",),
    fields=("title", "url", "snippet"),
)
