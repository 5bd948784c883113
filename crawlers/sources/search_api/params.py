"""Parameters of a watched search, and what every service's request carries.

A key never enters a request: it is written `secret:NAME` (in a header) or `{secret:NAME}` (in an address),
and only the fetch engine puts it in.
"""

from collections.abc import Mapping
from typing import Final, Literal, Self
from urllib.parse import urlencode

from pydantic import Field, model_validator

from crawlers.base import Params
from ouidire.page import Request
from ouidire.serp import Device

Provider = Literal["searxng", "brave", "serper", "serpapi", "dataforseo", "mojeek", "google_cse"]
ONE_PAGE: Final = frozenset({"dataforseo"})
"""Services that are asked for one page only."""
DOMAINS: Final = {
    "us": "google.com",
    "gb": "google.co.uk",
    "uk": "google.co.uk",
    "ma": "google.co.ma",
    "dz": "google.dz",
    "au": "google.com.au",
    "br": "google.com.br",
    "mx": "google.com.mx",
    "tr": "google.com.tr",
    "in": "google.co.in",
    "jp": "google.co.jp",
    "nz": "google.co.nz",
    "za": "google.co.za",
}
"""Google's domain of a country, where it is not `google.` and the country."""
LOCATIONS: Final = {
    "fr": 2250,
    "be": 2056,
    "ch": 2756,
    "lu": 2442,
    "ca": 2124,
    "mc": 2492,
    "de": 2276,
    "es": 2724,
    "gb": 2826,
    "ie": 2372,
    "it": 2380,
    "nl": 2528,
    "pt": 2620,
    "us": 2840,
    "ma": 2504,
    "tn": 2788,
    "dz": 2012,
    "sn": 2686,
    "ci": 2384,
}
"""Location codes of countries: 2000 and the number of ISO 3166-1."""


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
    searches_a_day: int | None = Field(
        default=None,
        ge=2,
        description="Searches that the key may spend in a day, over all its sources; SerpApi's second "
        "request for an AI overview counts too.",
    )
    location_code: int | None = Field(
        default=None,
        gt=0,
        description="DataForSEO's code of the place searched from; the country's by default.",
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
        if self.provider in ONE_PAGE and self.pages > 1:
            message = f"pages: {self.provider} is asked for the first page only; write pages = 1"
            raise ValueError(message)
        if self.provider == "dataforseo" and self.location_code is None and self.gl not in LOCATIONS:
            message = f"gl: no location code is known for {self.gl!r}; give location_code"
            raise ValueError(message)
        if self.provider == "google_cse" and not self.engine_id:
            message = "google_cse needs engine_id, the search engine's identifier (cx)"
            raise ValueError(message)
        return self


def build_request(
    params: SearchApiParams,
    page: int,
    *,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
) -> Request:
    """Return a request for one page of results, with what was asked as its context."""
    asked = ("provider", "query", "query_kind", "gl", "hl", "device")
    return Request(
        url=url,
        method="POST" if body is not None else "GET",
        headers={"Accept": "application/json", **(headers or {})},
        body=body,
        kind="search",
        context={name: getattr(params, name) for name in asked} | {"page": str(page)},
    )


def google_domain(gl: str) -> str:
    """Return the domain of Google in a country."""
    return DOMAINS.get(gl, f"google.{gl}")


def location_code(params: SearchApiParams) -> int:
    """Return DataForSEO's code of the place searched from."""
    return params.location_code or LOCATIONS[params.gl]


def query_string(base: str, asked: Mapping[str, object]) -> str:
    """Return an address with its query."""
    return f"{base}?{urlencode(asked)}"
