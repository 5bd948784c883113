"""The two addresses of single sign-on: the way to the issuer, and the way back."""

import hashlib
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from ouidire.errors import ConfigError
from ouidire.state.people.accounts import (
    Account,
    add_account,
    checked_limits,
    load_account,
    new_stamp,
    save_account,
)
from ouidire.state.people.audit import record_action
from service.pipeline.people.sign_on_check import sign_on_problems
from service.serve.web.auth import cookie_name
from service.serve.web.context import WebContext
from service.serve.web.login import LoginPages
from service.serve.web.pages import page
from service.serve.web.sign_on.issuer import (
    CALLBACK,
    LoginAttempt,
    SignedOn,
    SignOnError,
    SingleSignOn,
)

log = structlog.get_logger()
BEGIN = "/connexion/annuaire"
ATTEMPT = "ouidire_sign_on"
MINUTES = 10
"""How long a login at the issuer may take."""


class SignOnPages:
    """Leads to the issuer and back, and opens a session for whoever is granted a role."""

    def __init__(self, context: WebContext, login: LoginPages) -> None:
        self._context = context
        self._login = login
        self._attempts = URLSafeTimedSerializer(
            context.installation.secret,
            salt="ouidire: sign-on, version 1",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""
        app.add_api_route(BEGIN, self.begin, methods=["GET"])
        app.add_api_route(CALLBACK, self.finish, methods=["GET"], response_class=HTMLResponse)

    async def begin(self, request: Request) -> Response:
        """Lead to the issuer."""
        issuer = self._issuer()
        if issuer is None:
            return self._context.sentence_page(request, "not_found", HTTPStatus.NOT_FOUND)
        try:
            address, attempt = await run_in_threadpool(issuer.begin)
        except (SignOnError, ConfigError) as error:
            return self._refused(request, error)
        response = RedirectResponse(address, HTTPStatus.SEE_OTHER)
        secure = self._context.is_secure(request)
        response.set_cookie(
            cookie_name(ATTEMPT, secure=secure),
            str(self._attempts.dumps(list(attempt))),
            max_age=60 * MINUTES,
            httponly=True,
            samesite="lax",  # the issuer's site leads back with it
            secure=secure,
        )
        return response

    async def finish(self, request: Request) -> Response:
        """Take the issuer's answer and open a session. Its cookie is for our own pages: one leads on."""
        issuer = self._issuer()
        if issuer is None:
            return self._context.sentence_page(request, "not_found", HTTPStatus.NOT_FOUND)
        secure = self._context.is_secure(request)
        name = cookie_name(ATTEMPT, secure=secure)
        try:
            attempt = LoginAttempt(*self._attempts.loads(request.cookies.get(name, ""), max_age=60 * MINUTES))
            signed = await run_in_threadpool(
                issuer.finish, attempt, dict(request.query_params), now=self._context.installation.clock()
            )
            account = await run_in_threadpool(self._account, signed)
        except BadData:
            return self._refused(request, SignOnError("no login was begun here, or too long ago"))
        except (SignOnError, ConfigError) as error:
            return self._refused(request, error)
        opened = await self._login.opened(request, account, way="issuer")
        words = self._context.words(request)
        shown = page("signed_on", words, next=opened.headers["location"])
        response = HTMLResponse(shown)
        response.raw_headers += [each for each in opened.raw_headers if each[0] == b"set-cookie"]
        response.delete_cookie(name, httponly=True, samesite="lax", secure=secure)
        return response

    def _issuer(self) -> SingleSignOn | None:
        settings = self._context.installation.settings
        wanted = settings.serve.oidc
        return (
            SingleSignOn(settings, wanted) if wanted is not None and not sign_on_problems(settings) else None
        )

    def _account(self, signed: SignedOn) -> Account:
        """Return a person's account, added or brought up to date. Raises SignOnError for a taken name."""
        installation = self._context.installation
        now, grant = installation.clock(), signed.grant
        limits = checked_limits(grant.role, signed.limits.brands, signed.limits.places)
        with installation.state.begin() as connection:
            account = load_account(connection, signed.name)
            if account is None:
                account = Account(
                    name=signed.name,
                    role=grant.role,
                    limits=limits,
                    identity=signed.identity,
                    stamp=new_stamp(),
                    by="issuer",
                    at=now,
                )
                add_account(connection, account)
                record_action(connection, "account_add", by="issuer", at=now, subject=account.name)
                return account
            if account.identity != signed.identity:
                raise SignOnError("the account of this name is somebody else's")
            changed = account.model_copy(update={"role": grant.role, "limits": limits})
            if changed != account:
                save_account(connection, changed)
                record_action(connection, "account_change", by="issuer", at=now, subject=account.name)
        return changed

    def _refused(self, request: Request, error: Exception) -> Response:
        log.warning("single sign-on refused", reason=str(error))
        return self._context.sentence_page(request, "sign_on_refused", HTTPStatus.FORBIDDEN)
