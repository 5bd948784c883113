"""json_api: mentions of any endpoint of JSON, NDJSON or CSV, by configuration alone.

Where records lie, which value is what, how pages follow one another and how a key is sent are parameters
(JMESPath). `ouidire import json_api ANSWER --dry-run` shows what is read of a saved answer. It cannot see
what an endpoint does not list; by default what is missing from it has not vanished.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from crawlers.access import AccessGrant, client_credentials, password_grant, refresh_token
from crawlers.base import FactSheet, Layout, Source
from crawlers.reading.services.minimised import without_addresses
from crawlers.sources.json_api import answer
from crawlers.sources.json_api.params import JsonApiParams
from crawlers.sources.json_api.requests import first_request
from ouidire.errors import SourceError
from ouidire.page import Page, Request


def entity(params: JsonApiParams) -> str:
    """Return the name of what is read, by default the endpoint's address without its secrets."""
    return params.listing


def requests(params: JsonApiParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the request of the first page."""
    yield first_request(params, since=since)


def grant(params: JsonApiParams) -> AccessGrant | None:
    """Return how the access token is had, where the parameters say that there is one."""
    wanted = params.token
    if wanted is None:
        return None
    advice = "check the client's id, its secret and the grant in params.token"
    client = (f"secret:{wanted.client_id_env}", f"secret:{wanted.client_secret_env}")
    if wanted.grant == "refresh_token":
        return refresh_token(
            wanted.url, refresh=f"secret:{wanted.refresh_token_env}", client=client, advice=advice
        )
    if wanted.grant == "password":
        user = (f"secret:{wanted.user_env}", f"secret:{wanted.password_env}")
        return password_grant(wanted.url, user=user, client=client, advice=advice)
    return client_credentials(wanted.url, client=client, advice=advice, more=wanted.more)


LAYOUTS = (
    Layout(
        "json",
        since="2001",
        marks="JSON, whole or one record a line",
        knows=answer.is_json,
        parse=answer.parse,
    ),
    Layout("csv", since="1972", marks="rows of text", knows=answer.is_csv, parse=answer.parse),
)


def _pseudonymised(page: Page, pseudonym: Callable[[str], str]) -> Page:
    """Return a page with keyed hashes for e-mail addresses, where authors are known by theirs."""
    try:
        author = answer.params_of(page).fields.get("author", "")
    except (SourceError, ValueError):
        author = ""
    return without_addresses(page, pseudonym) if "mail" in author.lower() else page


SOURCE = Source(
    slug="json_api",
    about=FactSheet(
        title="An endpoint of JSON or CSV",
        site="any",
        kind="reviews",
        access="api",
        official_api="the endpoint itself",
        languages=("all",),
        rating_scale="as configured",
        limits="As the service says; fetch.max_pages a run. Without an id, a record is known by its author, "
        "date and text.",
        legal_note="Read only what the service's terms and your contract give you a right to, and mind the "
        "rights of the people whose words these are (GDPR). Map no field that you do not need; e-mail "
        "addresses and numbers of orders have no field here.",
    ),
    params=JsonApiParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    check=answer.check,
    reads_errors=True,
    minimised=without_addresses,
    pseudonymised=_pseudonymised,
    grant=grant,
)
