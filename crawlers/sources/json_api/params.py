"""Parameters of an endpoint that is read by configuration alone.

A secret is never written out: a header is `secret:NAME`, `Bearer secret:NAME` or `Basic secret:NAME` (whose
value is LOGIN:PASSWORD), a value of the query `secret:NAME`. They cannot see whether the service accepts it.
"""

import re
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from crawlers.access import ENV_PATTERN
from crawlers.base import Params
from crawlers.reading.offsets import TimezoneName
from crawlers.sources.json_api.expressions import check_expression
from ouidire.frozen import Frozen

ApiField = Literal[
    "id", "date", "updated", "experienced", "rating", "recommends", "title", "text", "author", "reply",
    "reply_date", "place", "url", "language", "country", "subject", "verified", "likes",
]  # fmt: skip
SECRET = re.compile(r"(?:(?:Bearer|Basic|Token|Bot|[A-Za-z]{2,20}) )?secret:[A-Za-z_][A-Za-z0-9_]*|token:\w+")
_SECRET_HEADER = re.compile(r"authori[sz]ation|cookie|key|token|secret|password|signature", re.IGNORECASE)
_IN_QUERY = re.compile(r"secret:[A-Za-z_][A-Za-z0-9_]*")


class Paging(Frozen):
    """How one page of answers leads to the next."""

    kind: Literal["page", "offset", "token", "cursor", "link", "older_than"] = Field(
        description="`page` and `offset` count; `token` and `cursor` are the answer's own; `link` is the "
        "header `Link`, or an address in the answer; `older_than` is the last id or date of a page."
    )
    parameter: str | None = Field(
        default=None, max_length=100, description="The parameter that names the page wanted."
    )
    place: Literal["query", "body"] = Field(
        default="query", description="Where the parameter stands: the address, or the body of a POST."
    )
    start: int = Field(default=1, ge=0, description="The number of the first page, or offset.")
    size: int | None = Field(default=None, ge=1, le=10_000, description="Records of a full page.")
    size_parameter: str | None = Field(default=None, description="The parameter that asks for that size.")
    next: str | None = Field(
        default=None, description="Where the answer has the token, the cursor, the last id, or the address."
    )
    more: str | None = Field(
        default=None, description="What in the answer is false on the last page, as `has_more`."
    )

    @field_validator("next", "more")
    @classmethod
    def _readable(cls, text: str | None) -> str | None:
        return None if text is None else check_expression(text)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind != "link" and self.parameter is None:
            message = f"paging by {self.kind} needs the `parameter` that names the page wanted"
            raise ValueError(message)
        if self.kind in {"token", "cursor", "older_than"} and self.next is None:
            message = f"paging by {self.kind} needs `next`: where the answer has what to ask for next"
            raise ValueError(message)
        return self


class ApiToken(Frozen):
    """How an access token is had (OAuth 2): it goes into the header `Authorization: Bearer`."""

    url: str = Field(pattern=r"^https?://", description="Where tokens are given out.")
    grant: Literal["client_credentials", "refresh_token", "password"] = Field(
        default="client_credentials", description="The kind of grant."
    )
    client_id_env: str = Field(pattern=ENV_PATTERN, description="Variable that holds the client's id.")
    client_secret_env: str = Field(
        pattern=ENV_PATTERN, description="Variable that holds the client's secret (or NAME_FILE)."
    )
    refresh_token_env: str | None = Field(
        default=None, pattern=ENV_PATTERN, description="Variable that holds the refresh token."
    )
    user_env: str | None = Field(default=None, pattern=ENV_PATTERN, description="Variable: the user's name.")
    password_env: str | None = Field(
        default=None, pattern=ENV_PATTERN, description="Variable that holds the user's password."
    )
    more: dict[str, str] = Field(default_factory=dict, description="Further fields, as scope or audience.")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.grant == "refresh_token" and self.refresh_token_env is None:
            message = "the grant refresh_token needs refresh_token_env"
            raise ValueError(message)
        if self.grant == "password" and (self.user_env is None or self.password_env is None):
            message = "the grant password needs user_env and password_env"
            raise ValueError(message)
        return self


class JsonApiParams(Params):
    """One listing of an endpoint: where it is, how it is paged, and which value is what."""

    url: str = Field(pattern=r"^https?://[^/\s@]+", max_length=2000, description="The endpoint's address.")
    name: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="What is read, part of every mention's identity; by default the address without secrets.",
    )
    method: Literal["GET", "POST"] = Field(default="GET", description="How it is asked.")
    query: dict[str, str] = Field(
        default_factory=dict, description="Parameters added to the address; `secret:NAME` for a key."
    )
    headers: dict[str, str] = Field(
        default_factory=dict,
        description="Headers; a key is `secret:NAME`, `Bearer secret:NAME` or `Basic secret:NAME`.",
    )
    body: dict[str, Any] | None = Field(default=None, description="The body of a POST, sent as JSON.")
    token: ApiToken | None = Field(default=None, description="How an access token is had, where one is.")
    format: Literal["auto", "json", "csv"] = Field(
        default="auto", description="What is answered; NDJSON is json. Told from the answer by default."
    )
    records: str | None = Field(
        default=None, description="Where the list of records lies (JMESPath); found by default."
    )
    fields: dict[ApiField, str] = Field(
        default_factory=dict,
        description="Our fields, each with where a record has it (JMESPath); found by name by default.",
    )
    kind: Literal["review", "article", "post", "comment", "question"] = Field(
        default="review", description="What a record is."
    )
    scale: float | None = Field(default=None, gt=0, le=1000, description="The best rating there is.")
    worst: float | None = Field(default=None, ge=0, description="The worst rating there is.")
    day_first: bool | None = Field(default=None, description="How 03/04/2026 reads, where it is so written.")
    timezone: TimezoneName = Field(
        default="UTC", description="Where hours without an offset were written down."
    )
    paging: Paging | None = Field(
        default=None, description="How pages follow one another; one page by default."
    )
    since_parameter: str | None = Field(
        default=None, description="The parameter of the address that asks for what is newer, if there is one."
    )
    since_format: Literal["iso", "date", "seconds", "milliseconds"] = Field(
        default="iso", description="How that moment is written."
    )
    empty_when: str | None = Field(
        default=None,
        description="What in the answer is true when there is nothing (JMESPath); an empty list by default.",
    )
    error_when: str | None = Field(
        default=None,
        description="What in the answer has an error's words, where the status is 200 all the same.",
    )
    total: str | None = Field(default=None, description="Where the answer says how many records there are.")
    complete: bool = Field(
        default=False, description="Whether all pages hold all there is: what is missing has then vanished."
    )
    must_name: tuple[str, ...] = Field(default=(), description="Keep only what names one of these.")

    @field_validator("records", "empty_when", "error_when", "total")
    @classmethod
    def _readable(cls, text: str | None) -> str | None:
        return None if text is None else check_expression(text)

    @field_validator("fields")
    @classmethod
    def _readable_fields(cls, fields: dict[str, str]) -> dict[str, str]:
        for name, text in fields.items():
            try:
                check_expression(text)
            except ValueError as error:
                if re.fullmatch(r"[^\x00-\x1f]{1,200}", text) and not re.search(r"[\[\]{}|@`()]", text):
                    continue  # a heading of a CSV file, with its blanks and accents
                message = f"{name}: {error}"
                raise ValueError(message) from error
        return fields

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for name, value in self.headers.items():
            if _SECRET_HEADER.search(name) and not SECRET.fullmatch(value.strip()):
                message = f"headers.{name}: write secret:NAME, and give the value by the variable NAME"
                raise ValueError(message)
        for name, value in self.query.items():
            if "secret:" in value and not _IN_QUERY.fullmatch(value):
                message = f"query.{name}: a secret is the whole value, as secret:NAME"
                raise ValueError(message)
        if "rating" in self.fields and self.scale is None:
            message = "scale: write the best rating there is, as scale = 5; fields.rating alone does not say"
            raise ValueError(message)
        in_body = self.paging is not None and self.paging.place == "body"
        if (self.body is not None or in_body) and self.method != "POST":
            message = 'body: only a POST has one; write method = "POST"'
            raise ValueError(message)
        return self

    @property
    def listing(self) -> str:
        """Return what is read: its name, or the endpoint's host, path and query without secrets."""
        if self.name is not None:
            return self.name
        parts = urlsplit(self.url)
        asked = sorted(
            f"{name}={value}" for name, value in self.query.items() if not value.startswith("secret:")
        )
        written = [each for each in parts.query.split("&") if each and "{secret:" not in each]
        query = "&".join([*written, *asked])
        return f"{parts.hostname}{parts.path.rstrip('/')}{f'?{query}' if query else ''}"
