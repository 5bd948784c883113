"""Parameters of the suggestions watched for a brand, and what every service's request carries.

A key never enters a request: it is written `secret:NAME` (in a header) or `{secret:NAME}` (in an address),
and only the fetch engine puts it in.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from crawlers.base import Params
from crawlers.sources.search_api.params import LOCATIONS
from ouidire.page import Request

SuggestProvider = Literal["serper", "serpapi", "dataforseo", "brave"]
STEMS: Final = {
    "fr": ("{name}", "{name} avis", "{name} arnaque", "pourquoi {name}", "{name} ou ", "est-ce que {name}"),
    "en": ("{name}", "{name} reviews", "{name} scam", "why {name}", "{name} or ", "is {name}"),
}
"""What people begin to type about a brand, by language; English where a language has no list of its own."""


class AutocompleteParams(Params):
    """The suggestions watched for one name: always the same beginnings, so that lists can be compared."""

    provider: SuggestProvider = Field(description="Who answers.")
    name: str = Field(min_length=1, max_length=80, description="The brand's name as people type it.")
    stems: tuple[str, ...] = Field(
        default=(),
        max_length=12,
        description="Beginnings of searches, each with {name}; a fixed list of the language by default.",
    )
    gl: str = Field(default="fr", pattern=r"^[a-z]{2}$", description="The country typed in.")
    hl: str = Field(
        default="fr", pattern=r"^[a-z]{2}(-[A-Za-z]{2,4})?$", description="The language typed in."
    )
    key_env: str = Field(
        pattern=r"^[A-Z][A-Z0-9_]*$",
        description="Environment variable that holds the key (or, as NAME_FILE, its file).",
    )
    base_url: str | None = Field(default=None, pattern=r"^https?://", description="Where it answers.")
    location_code: int | None = Field(
        default=None, gt=0, description="DataForSEO's code of the place; the country's by default."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if any("{name}" not in stem for stem in self.stems):
            message = 'stems: each needs {name}, where the brand\'s name goes, like "{name} arnaque"'
            raise ValueError(message)
        if self.provider == "dataforseo" and self.location_code is None and self.gl not in LOCATIONS:
            message = f"gl: no location code is known for {self.gl!r}; give location_code"
            raise ValueError(message)
        return self

    @property
    def beginnings(self) -> Iterator[tuple[str, str]]:
        """Each stem, and the beginning of a search that it makes; no beginning twice."""
        stems = self.stems or STEMS.get(self.hl[:2], STEMS["en"])
        asked = {stem.replace("{name}", self.name): stem for stem in reversed(stems)}
        yield from ((stem, query) for query, stem in reversed(asked.items()))


def build_request(
    params: AutocompleteParams,
    stem: str,
    query: str,
    *,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
) -> Request:
    """Return a request for one list, with what was asked as its context."""
    asked = {name: getattr(params, name) for name in ("provider", "name", "gl", "hl")}
    return Request(
        url=url,
        method="POST" if body is not None else "GET",
        headers={"Accept": "application/json", **(headers or {})},
        body=body,
        kind="suggestions",
        context={**asked, "stem": stem, "query": query},
    )
