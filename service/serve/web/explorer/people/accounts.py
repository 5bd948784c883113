"""The pages of operators: who has an account or a token, and who did what."""

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from ouidire.state.people.accounts import ROLES, list_accounts
from ouidire.state.people.audit import AuditEntry, list_audit
from ouidire.state.people.tokens import list_tokens
from reports.explore.problem import ViewError
from service.serve.web.explorer.context import ExplorerContext, ExplorerPage
from service.serve.web.explorer.navigation import ACCOUNTS, AUDIT

ENTRIES = 100
"""Entries of the audit on one page."""
OF_MENTIONS = ("answer", "reply", "correct", "undo", "second_reading")
"""Actions whose subject is a mention."""
ACTIONS = (
    *OF_MENTIONS,
    "theme",
    "export",
    "import",
    "erase",
    "keep_view",
    "drop_view",
    "write_note",
    "drop_note",
    "log_in",
    "log_out",
    "account_add",
    "account_change",
    "account_password",
    "account_remove",
    "token_create",
    "token_revoke",
)
"""What the audit tells of, each with words in the catalogue."""


class AccountPages:
    """Shows accounts, tokens and the audit; they are changed by `ouidire people` and `ouidire token`."""

    def __init__(self, context: ExplorerContext) -> None:
        self._context = context

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""
        app.add_api_route(ACCOUNTS, self.accounts, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(AUDIT, self.audit, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(f"{AUDIT}.json", self.audit_json, methods=["GET"])

    def accounts(self, request: Request) -> Response:
        """Show who may do what."""
        page = self._context.page(request)
        with self._context.installation.state.read() as connection:
            people, tokens = list_accounts(connection), list_tokens(connection)
        return page.html("accounts", accounts=people, tokens=tokens, roles=ROLES)

    def audit(self, request: Request) -> Response:
        """Show who did what, the newest first."""
        page = self._context.page(request)
        entries, older = self._entries(page)
        asked = request.query_params
        return page.html(
            "audit",
            path=AUDIT,
            entries=entries,
            older=older,
            by=asked.get("by", ""),
            action=asked.get("action", ""),
            actions=ACTIONS,
            of_mentions=OF_MENTIONS,
        )

    def audit_json(self, request: Request) -> Response:
        """Give the same entries as JSON."""
        page = self._context.page(request)
        entries, older = self._entries(page, path=f"{AUDIT}.json")
        return page.json({"items": [each.model_dump(mode="json") for each in entries], "next": older or None})

    def _entries(self, page: ExplorerPage, path: str = AUDIT) -> tuple[list[AuditEntry], str]:
        """Return the entries asked for, and the address of older ones. Raises ViewError."""
        asked = page.request.query_params
        before = asked.get("before") or None
        if before is not None and not (before.isascii() and before.isdecimal() and len(before) < 16):  # noqa: PLR2004 (digits of a number)
            raise ViewError("bad_value", name="before", value=before)
        by, action = asked.get("by") or None, asked.get("action") or None
        with self._context.installation.state.read() as connection:
            found = list_audit(
                connection, by=by, action=action, before=int(before) if before else None, limit=ENTRIES + 1
            )
        shown = found[:ENTRIES]
        older = len(found) > ENTRIES
        return shown, page.url(path, by=by, action=action, before=str(shown[-1].number)) if older else ""
