"""What Scrapy's requests are marked with: that one asks for a token, and what token another was sent with."""

from scrapy import Request
from scrapy.http import Response

from crawlers.engine.access.tokens import wants_token
from crawlers.engine.context import CrawlContext
from crawlers.engine.outcomes import ORIGIN, RequestOrigin

TOKEN_CALL = "ouidire_token_call"  # noqa: S105 (a key of `meta`)
"""Under this key `meta` says that a request asks for an access token."""
GENERATION = "ouidire_token"
"""Under this key `meta` holds the number of the token that a request was sent with."""
RENEWED = "ouidire_token_renewed"
"""Under this key `meta` says that a request is sent again, with a new token."""


def uses_token(request: Request) -> bool:
    """Return whether a request is to be sent with the run's token."""
    origin: RequestOrigin | None = request.meta.get(ORIGIN)
    return origin is not None and wants_token(origin.request)


def may_be_renewed(context: CrawlContext, request: Request, response: Response) -> bool:
    """Return whether an answer refuses a token for the first time: a new one is to be tried."""
    return (
        uses_token(request)
        and not (request.meta.get(RENEWED) or context.tokens.is_useless)
        and context.tokens.is_expiry(response.status, response.body)
    )
