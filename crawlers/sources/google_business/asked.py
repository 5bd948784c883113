"""Addresses of Google's three services for owners, and the requests for accounts, locations and reviews.

It cannot see whether an account may be read: the answers say so.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from crawlers.access import JSON_BEARER
from ouidire.page import Request

ACCOUNTS_HOST = "https://mybusinessaccountmanagement.googleapis.com"
LOCATIONS_HOST = "https://mybusinessbusinessinformation.googleapis.com"
REVIEWS_HOST = "https://mybusiness.googleapis.com"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 (an address)
READ_MASK = "name,title,storeCode,metadata,storefrontAddress"
"""Fields of a location that are asked for; Google answers nothing without a mask."""
LOCATIONS_A_PAGE, REVIEWS_A_PAGE = 100, 50
"""The most that Google gives at once."""
ACCOUNT = re.compile(r"accounts/[A-Za-z0-9_-]{1,64}")
LOCATION = re.compile(r"(?:accounts/[A-Za-z0-9_-]{1,64}/)?(locations/[A-Za-z0-9_-]{1,64})")


def accounts_request(context: Mapping[str, str], *, token: str | None = None) -> Request:
    """Return the request for a page of the accounts that the consent sees."""
    asked = {"pageSize": "20", **_paged(token)}
    return _request(ACCOUNTS_HOST, "/v1/accounts", asked, "accounts", context)


def locations_request(account: str, context: Mapping[str, str], *, token: str | None = None) -> Request:
    """Return the request for a page of an account's locations."""
    asked = {"readMask": READ_MASK, "pageSize": str(LOCATIONS_A_PAGE), **_paged(token)}
    own = {**context, "account": account}
    return _request(LOCATIONS_HOST, f"/v1/{account}/locations", asked, "locations", own)


def reviews_request(location: str, context: Mapping[str, str], *, token: str | None = None) -> Request:
    """Return the request for a page of a location's reviews, the last changed first."""
    asked = {"pageSize": str(REVIEWS_A_PAGE), "orderBy": "updateTime desc", **_paged(token)}
    own = {**context, "location": location}
    return _request(REVIEWS_HOST, f"/v4/{context['account']}/{location}/reviews", asked, "reviews", own)


def _paged(token: str | None) -> dict[str, str]:
    return {"pageToken": token} if token else {}


def _request(
    host: str, path: str, asked: Mapping[str, str], kind: str, context: Mapping[str, str]
) -> Request:
    return Request(
        url=f"{context.get('base') or host}{path}?{urlencode(asked)}",
        headers=JSON_BEARER,
        kind=kind,
        context={name: value for name, value in context.items() if value},
    )
