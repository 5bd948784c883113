"""What the pages share: the installation, the words of a request's language, cookies, small forms."""

from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from service.pipeline.installation import Installation
from service.serve.web.auth import FORM, Auth, cookie_name
from service.serve.web.pages import page
from service.serve.web.words import PageWords, language_of

LARGEST_BODY = 4096


class WebContext(NamedTuple):
    """An installation and its sessions, and what follows from them for one request."""

    installation: Installation
    auth: Auth

    def words(self, request: Request) -> PageWords:
        """Return the words of the language that a request asks for."""
        settings = self.installation.settings
        wanted = request.query_params.get("lang")
        language = language_of(wanted, request.headers.get("accept-language", ""), settings.language)
        return PageWords(language, now=self.installation.clock(), timezone=settings.timezone)

    def sentence_page(self, request: Request, key: str, code: int) -> Response:
        """Return a page of one sentence."""
        words = self.words(request)
        return HTMLResponse(page("sentence", words, sentence=words(key)), code)

    def is_secure(self, request: Request) -> bool:
        """Return whether a request came over https, or our pages are reached over it."""
        return request.scope["scheme"] == "https" or (self._url or "").startswith("https:")

    def set_cookie(
        self, response: Response, request: Request, name: str, value: str, *, max_age: int | None = None
    ) -> None:
        """Set a cookie that scripts do not see and that other sites do not send."""
        secure = self.is_secure(request)
        response.set_cookie(
            cookie_name(name, secure=secure),
            value,
            max_age=max_age,
            httponly=True,
            samesite="strict",
            secure=secure,
        )

    def drop_cookie(self, response: Response, request: Request, name: str) -> None:
        """Have the browser forget a cookie."""
        self.set_cookie(response, request, name, "", max_age=0)

    def with_form_cookie(self, response: Response, request: Request, cookie: str) -> Response:
        """Return a page with the cookie that its form goes with, unless the browser has it already."""
        if request.cookies.get(cookie_name(FORM, secure=self.is_secure(request))) != cookie:
            self.set_cookie(response, request, FORM, cookie)
        return response

    def is_own_form(self, request: Request, fields: dict[str, str]) -> bool:
        """Return whether a form was sent by a page of ours, or by a program with its token.

        No page of another site can have a browser send a token.
        """
        if getattr(getattr(request.state, "viewer", None), "kind", "") == "token":
            return True
        secure = self.is_secure(request)
        signed = self.auth.valid_csrf(request.cookies, fields.get("form", ""), secure=secure)
        return signed and not self._from_elsewhere(request)

    def _from_elsewhere(self, request: Request) -> bool:
        """Return whether a browser says that another site's page sent a form."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return True
        origin = request.headers.get("origin")
        ours = (request.headers.get("host"), urlsplit(self._url or "").netloc)
        return origin not in (None, "null") and urlsplit(origin).netloc not in ours

    @property
    def _url(self) -> str | None:
        return self.installation.settings.serve.url


async def form_of(request: Request, *, largest: int = LARGEST_BODY) -> dict[str, str]:
    """Return the fields of a form; nothing of one of more than `largest` bytes."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > largest:
            return {}
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except ValueError:  # more fields than any form of ours has
        return {}
    return {name: values[0] for name, values in fields.items()}
