"""Downloader middleware: has a token before a request that wants one is sent, and a new one after a refusal.

The call for a token passes the same guard, proxy and throttle as everything else, and is kept nowhere.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers.engine.access.tokens import TokenAnswer, TokenPost, TokenUnavailable
from crawlers.engine.context import CrawlContext, context_of
from crawlers.engine.outcomes import problem_of
from crawlers.engine.renewal.marks import GENERATION, RENEWED, TOKEN_CALL, may_be_renewed, uses_token
from crawlers.engine.secrets import public_address


class TokenMiddleware:
    """Fetches and renews the run's token."""

    def __init__(self, context: CrawlContext, crawler: Crawler) -> None:
        self._context, self._crawler = context, crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "TokenMiddleware":
        """Return the middleware of a crawler's run."""
        return cls(context_of(crawler), crawler)

    async def process_request(self, request: Request) -> None:
        """Have a token for a request that wants one. Raises TokenRefused, TokenUnavailable or ConfigError."""
        if not uses_token(request):
            return
        tokens = self._context.tokens
        request.meta[GENERATION] = await tokens.ensure(self._send)
        self._context.collector.note_consent(tokens.consent_ends_in)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the response, or the request again, once, where its token was refused."""
        if not may_be_renewed(self._context, request, response):
            if request.meta.get(RENEWED) and self._context.tokens.is_expiry(response.status, response.body):
                self._context.tokens.give_up()
            return response
        date = (response.headers.get("Date") or b"").decode("latin-1")
        self._context.tokens.discard(request.meta[GENERATION], server_time=_moment(date))
        again = request.copy()
        again.meta[RENEWED] = True
        return again

    async def _send(self, post: TokenPost) -> TokenAnswer:
        meta = {TOKEN_CALL: True, "dont_redirect": True}
        request = Request(
            post.url, method="POST", headers=post.headers, body=post.body, meta=meta, callback=NO_CALLBACK
        )
        engine: Any = self._crawler.engine
        try:
            answer = await engine.download_async(request)
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                raise
            raise TokenUnavailable(
                f"{public_address(post.url)} gave no access token: {problem[1]}"
            ) from error
        return TokenAnswer(answer.status, answer.body)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
