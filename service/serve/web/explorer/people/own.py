"""The page of one's own account: what it may do, and another password."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ouidire.state.people.accounts import Account, load_account, new_stamp, save_account
from ouidire.state.people.audit import record_action
from service.serve.web.attempts import PasswordCheck
from service.serve.web.explorer.context import ExplorerContext, ExplorerPage, posted_form
from service.serve.web.explorer.navigation import OWN
from service.serve.web.login import LoginPages, client_of
from service.serve.web.passwords import SHORTEST, hashed


class OwnPage:
    """Shows one's account, and changes its password; every other session of it ends with that."""

    def __init__(self, context: ExplorerContext, password: PasswordCheck, login: LoginPages) -> None:
        self._context = context
        self._password = password
        self._login = login

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of this page to an application."""
        app.add_api_route(OWN, self.show, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(OWN, self.change, methods=["POST"], response_class=HTMLResponse)

    def show(self, request: Request) -> Response:
        """Show one's own account."""
        page = self._context.page(request)
        return self._page(page, self._account(page), done=request.query_params.get("done") == "1")

    async def change(self, request: Request) -> Response:
        """Take another password, and end all sessions but this one."""
        page = self._context.page(request)
        fields = await posted_form(self._context.web, request)
        if fields is None:
            return page.problem(page.words("stale_form"), HTTPStatus.FORBIDDEN)
        account = await run_in_threadpool(self._account, page)
        if account is None or not account.password:
            return page.problem(page.words("password_elsewhere"), HTTPStatus.BAD_REQUEST)
        checked = await self._password.check(
            fields.get("current", ""), client_of(request), kept=account.password
        )
        if not checked.right:
            problem = page.words("password_wrong")
            if checked.wait:
                problem = page.words("password_wait", n=checked.wait)
            return self._page(page, account, problem=problem, code=HTTPStatus.FORBIDDEN)
        new = fields.get("new", "")
        if new != fields.get("again", "") or len(new) < SHORTEST:
            problem = page.words("password_short" if len(new) < SHORTEST else "password_differs")
            return self._page(page, account, problem=problem, code=HTTPStatus.BAD_REQUEST)
        kept = await run_in_threadpool(hashed, new)
        changed = account.model_copy(update={"password": kept, "stamp": new_stamp()})
        await run_in_threadpool(self._save, page, changed)
        response = RedirectResponse(page.url(OWN, done="1"), HTTPStatus.SEE_OTHER)
        self._login.set_session(response, request, changed)
        return response

    def _account(self, page: ExplorerPage) -> Account | None:
        if page.viewer.kind != "account":
            return None
        with self._context.installation.state.read() as connection:
            return load_account(connection, page.viewer.name)

    def _save(self, page: ExplorerPage, account: Account) -> None:
        with self._context.installation.state.begin() as connection:
            save_account(connection, account)
            record_action(connection, "account_password", by=account.name, at=page.now, subject=account.name)

    def _page(
        self,
        page: ExplorerPage,
        account: Account | None,
        *,
        problem: str = "",
        done: bool = False,
        code: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        role = account.role if account is not None else "operator"
        changeable = account is not None and bool(account.password)
        return page.html("own", code, role=role, changeable=changeable, problem=problem, done=done)
