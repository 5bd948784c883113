"""Every route and method, and what each role may do there: what no table names is refused."""

import re

import pytest
from fastapi.routing import APIRoute

from service.serve.scheduler.events import View
from service.serve.web.access import is_open
from service.serve.web.accounts.permissions import OF_ROLE, OF_SCOPE, ROUTES, permission_of
from service.serve.web.app import Web
from service.serve.web.metrics import Metrics
from tests.service.serve.conftest import NOW
from tests.service.serve.web.accounts.conftest import ACCOUNTS

VALUES = {"mention_id": "ours0", "view_id": "abc", "note_id": "abc", "token": "A" * 43}
ROLES = {"rea": "reader", "ana": "analyst", "ope": "operator"}
EXPECTED = {
    "reader": {"own", "look"},
    "analyst": {"own", "look", "export", "decide", "reply"},
    "operator": {"own", "look", "export", "decide", "reply", "operate"},
}
"""What each role may do, once more: a change of the table is a change of this line as well."""


def path_of(route):
    return re.sub(r"\{(\w+)\}", lambda found: VALUES[found[1]], route)


@pytest.fixture
def app(installation):
    view = View(started_at=NOW, looked_at=NOW)
    return Web(installation, lambda: view, Metrics(installation, lambda: view), None).app()


def test_every_route_and_method_is_in_the_table_and_no_other(app):
    found = {
        (method, route.path)
        for route in app.routes
        for method in getattr(route, "methods", None) or {"?"}
        if isinstance(route, APIRoute) or route.path
    }
    assert found == set(ROUTES)


def test_what_is_open_is_open_by_its_path_and_nothing_else_is(app):
    for (_, route), needed in ROUTES.items():
        assert is_open(path_of(route)) == (needed == "open"), route


def test_a_route_that_nobody_named_is_nobodys(app):
    app.add_api_route("/added", lambda: "x", methods=["GET"])
    asked = {"type": "http", "method": "GET", "path": "/added", "root_path": ""}
    assert permission_of(app.router.routes, asked) == "nobody"
    assert permission_of(app.router.routes, {**asked, "path": "/nothing"}) == "none"
    assert permission_of(app.router.routes, {**asked, "path": "/mentions", "method": "DELETE"}) == "none"
    assert permission_of(app.router.routes, {**asked, "path": "/mentions.csv"}) == "export"
    assert not any("nobody" in each for each in (*OF_ROLE.values(), *OF_SCOPE.values()))


def test_roles_may_what_is_said_of_them():
    assert {role: set(found) for role, found in OF_ROLE.items()} == EXPECTED


def test_each_role_gets_what_it_may_and_nothing_else(peopled):
    with peopled() as as_:
        for name in (None, *ROLES):
            browser = as_(name)
            for (method, route), needed in ROUTES.items():
                if (method, route) == ("POST", "/deconnexion") or needed == "open" or method == "HEAD":
                    continue
                data = {"form": "forged"} if method == "POST" else None
                status, headers, shown = browser.ask(path_of(route), data)
                told = (name, method, route, status)
                if name is None:
                    if route == "/metrics":
                        assert status == 401, told
                    else:
                        assert (status, headers["Location"]) == (303, "/connexion"), told
                elif needed not in EXPECTED[ROLES[name]]:
                    leads_on = route == "/" and (status, headers["Location"]) == (303, "/mentions")
                    assert status == 403 or leads_on, told
                    assert "Votre compte" in shown or leads_on, told
                elif method == "POST":
                    assert (status, "formulaire" in shown) == (403, True), (
                        told
                    )  # allowed, and no form of ours
                else:
                    assert status in (200, 303, 404), told


def test_a_reader_is_shown_no_button_that_would_be_refused(peopled):
    with peopled() as as_:
        reader, analyst = as_("rea"), as_("ana")
        for path, action in (
            ("/mentions?published=28d", 'action="/vues"'),
            ("/mentions?published=28d", "/mentions.csv"),
            ("/chiffres", 'action="/reperes"'),
            ("/a-repondre", 'name="state" value="dismissed"'),
            ("/mentions?published=28d", 'href="/corrections"'),
        ):
            assert action in analyst.ask(path)[2], (path, action)
            assert action not in reader.ask(path)[2], (path, action)
        assert 'href="/journal"' not in analyst.ask("/mentions?published=28d")[2]
        assert 'href="/journal"' in as_("ope").ask("/mentions?published=28d")[2]


def test_the_accounts_of_the_tests_are_of_every_role():
    assert {role for role, _ in ACCOUNTS.values()} == set(EXPECTED)
