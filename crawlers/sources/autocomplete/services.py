"""The services that give suggestions: how each is asked for one list, and how its answers are read.

They cannot see what a signed-in person is suggested: these are the lists shown to anybody in a country.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from crawlers.sources.autocomplete.params import AutocompleteParams, SuggestProvider, build_request
from crawlers.sources.search_api import dataforseo, serpapi
from crawlers.sources.search_api.params import LOCATIONS, google_domain
from crawlers.sources.search_api.values import Answer, listed, mapping, rows, whole, words
from ouidire.errors import LayoutChanged
from ouidire.page import Page, Request

MOST: Final = 50
"""Suggestions kept of one list; engines give about ten."""


@dataclass(frozen=True)
class SuggestService:
    """One service: `read` returns the suggestions of an answer, and the query where the answer repeats it.

    `read` raises LayoutChanged for an answer without a list; `refuse` raises SourceError for a refusal.
    """

    name: SuggestProvider
    engine: str
    marks: str
    build: Callable[[AutocompleteParams, str, str], Request]
    is_answer: Callable[[Answer], bool]
    read: Callable[[Answer], tuple[tuple[str, ...], str | None]]
    refuse: Callable[[Page, Answer], None] | None = None


def _serper(params: AutocompleteParams, stem: str, query: str) -> Request:
    body = json.dumps({"q": query, "gl": params.gl, "hl": params.hl}, ensure_ascii=False)
    headers = {"Content-Type": "application/json", "X-API-KEY": f"secret:{params.key_env}"}
    url = params.base_url or "https://google.serper.dev/autocomplete"
    return build_request(params, stem, query, url=url, headers=headers, body=body)


def _serpapi(params: AutocompleteParams, stem: str, query: str) -> Request:
    asked = {
        "engine": "google_autocomplete",
        "q": query,
        "gl": params.gl,
        "hl": params.hl,
        "google_domain": google_domain(params.gl),
    }
    base = f"{params.base_url or serpapi.BASE}?api_key={{secret:{params.key_env}}}&"
    return build_request(params, stem, query, url=base + urlencode(asked))


def _dataforseo(params: AutocompleteParams, stem: str, query: str) -> Request:
    asked = {
        "keyword": query,
        "location_code": params.location_code or LOCATIONS[params.gl],
        "language_code": params.hl[:2],
    }
    url = params.base_url or "https://api.dataforseo.com/v3/serp/google/autocomplete/live/advanced"
    headers = {"Content-Type": "application/json", "Authorization": f"Basic secret:{params.key_env}"}
    body = json.dumps([asked], ensure_ascii=False)
    return build_request(params, stem, query, url=url, headers=headers, body=body)


def _brave(params: AutocompleteParams, stem: str, query: str) -> Request:
    asked = {"q": query, "country": params.gl.upper(), "lang": params.hl[:2], "count": 20}
    url = f"{params.base_url or 'https://api.search.brave.com/res/v1/suggest/search'}?{urlencode(asked)}"
    headers = {"X-Subscription-Token": f"secret:{params.key_env}"}
    return build_request(params, stem, query, url=url, headers=headers)


def _read_google(answer: Answer) -> tuple[tuple[str, ...], str | None]:
    """Read the list of Serper, or of SerpApi, which says by an error that there is none."""
    asked = mapping(answer.get("searchParameters")) or mapping(answer.get("search_parameters"))
    if answer.get("error") and "suggestions" not in answer:
        return (), words(asked.get("q"))
    return _listed(answer, "suggestions", "value"), words(asked.get("q"))


def _read_brave(answer: Answer) -> tuple[tuple[str, ...], str | None]:
    query = words(mapping(answer.get("query")).get("original"))
    return _listed(answer, "results", "query"), query


def _read_dataforseo(answer: Answer) -> tuple[tuple[str, ...], str | None]:
    task = next(iter(rows(answer, "tasks")), {})
    result = next(iter(rows(task, "result")), {})
    query = words(result.get("keyword")) or words(mapping(task.get("data")).get("keyword"))
    nothing = whole(task.get("status_code")) == dataforseo.NO_RESULTS
    if nothing or (result and not result.get("items") and whole(result.get("items_count")) == 0):
        return (), query
    return _listed(result, "items", "suggestion"), query


def _listed(holder: Answer, key: str, name: str) -> tuple[str, ...]:
    """Return the suggestions of a list, each once, in order.

    Raises LayoutChanged when there is no list, or none of its rows holds a suggestion.
    """
    if not isinstance(holder.get(key), list):
        raise LayoutChanged("a list of suggestions", selector=key)
    given = list(_texts(listed(holder.get(key)), name))
    if listed(holder.get(key)) and not given:
        raise LayoutChanged("the words of a suggestion", selector=f"{key}[].{name}")
    return tuple(dict.fromkeys(given))[:MOST]


def _texts(given: list[object], name: str) -> Iterator[str]:
    for row in given:
        text = words(mapping(row).get(name)) or words(row)
        if text:
            yield text[:200]


def _is_serper(answer: Answer) -> bool:
    return "searchParameters" in answer and "suggestions" in answer


def _is_serpapi(answer: Answer) -> bool:
    return "search_metadata" in answer and (
        "suggestions" in answer
        or mapping(answer.get("search_parameters")).get("engine") == "google_autocomplete"
    )


def _is_brave(answer: Answer) -> bool:
    return answer.get("type") == "suggest"


SERVICES: Final = {
    service.name: service
    for service in (
        SuggestService(
            "serper", "google", "searchParameters, suggestions", _serper, _is_serper, _read_google
        ),
        SuggestService(
            *("serpapi", "google", "search_metadata, suggestions", _serpapi, _is_serpapi, _read_google),
            refuse=serpapi.refuse,
        ),
        SuggestService(
            *(
                "dataforseo",
                "google",
                "tasks, status_code",
                _dataforseo,
                dataforseo.is_answer,
                _read_dataforseo,
            ),
            refuse=dataforseo.refuse,
        ),
        SuggestService("brave", "brave", "type = suggest, results", _brave, _is_brave, _read_brave),
    )
}
"""By name; an answer in a saved file is known by the first whose shape it has."""
