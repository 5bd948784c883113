"""The pages behind the links of mails: leaving a mailing, and coming back."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from ouidire.mailing.unsubscribe import PATH, Subscription, read_token
from ouidire.state.unsubscribed import resubscribe, unsubscribe
from service.serve.web.context import WebContext
from service.serve.web.pages import page


class UnsubscribePages:
    """Takes readers off a mailing, whoever has the mail: neither a session nor a form of ours is needed."""

    def __init__(self, context: WebContext) -> None:
        self._context = context

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""
        app.add_api_route(PATH + "{token}", self.ask, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(PATH + "{token}", self.leave, methods=["POST"], response_class=HTMLResponse)
        app.add_api_route(PATH + "{token}/retour", self.back, methods=["POST"], response_class=HTMLResponse)

    def ask(self, request: Request, token: str) -> Response:
        """Ask a reader whether to leave: opening a link, as mail scanners do, changes nothing."""
        subscription = self._subscription(token)
        if subscription is None:
            return self._bad_link(request)
        return self._page(request, token, subscription, "ask")

    def leave(self, request: Request, token: str) -> Response:
        """Take a reader off a mailing.

        By the page's button, or by a mail program's one click (RFC 8058), whose body says nothing more.
        """
        subscription = self._subscription(token)
        if subscription is None:
            return self._bad_link(request)
        installation = self._context.installation
        with installation.state.begin() as connection:
            unsubscribe(connection, subscription, now=installation.clock())
        return self._page(request, token, subscription, "left")

    def back(self, request: Request, token: str) -> Response:
        """Subscribe a reader again."""
        subscription = self._subscription(token)
        if subscription is None:
            return self._bad_link(request)
        with self._context.installation.state.begin() as connection:
            resubscribe(connection, subscription)
        return self._page(request, token, subscription, "back")

    def _subscription(self, token: str) -> Subscription | None:
        return read_token(token, secret=self._context.installation.secret)

    def _bad_link(self, request: Request) -> Response:
        return self._context.sentence_page(request, "bad_link", HTTPStatus.NOT_FOUND)

    def _page(self, request: Request, token: str, subscription: Subscription, step: str) -> Response:
        words = self._context.words(request)
        return HTMLResponse(page("leave", words, step=step, report=subscription.report, path=PATH + token))
