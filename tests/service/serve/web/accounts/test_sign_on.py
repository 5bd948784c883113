"""Login by an issuer that the tests imitate: whatever is not right in its answer opens nothing."""

import json
import re
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from ouidire.settings.configuration import settings_from
from ouidire.state.people.accounts import list_accounts
from service.pipeline.people.sign_on_check import sign_on_problems
from tests.service.serve.conftest import NOW, configuration

pytest.importorskip("authlib", reason="Authlib is a development dependency")
pytest.importorskip("joserfc", reason="Authlib is a development dependency")

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwk, jwt

URL = "https://ouidire.example.fr"
HTTPS = {"X_Forwarded_Proto": "https", "Host": "ouidire.example.fr"}
CLIENT = "ouidire"
CODE = "the-code"


class Issuer:
    """An OpenID Connect issuer on this machine, which remembers what it was asked."""

    def __init__(self):
        self.key = jwk.RSAKey.generate_key(2048, parameters={"kid": "k1"}, private=True)
        self.other = jwk.RSAKey.generate_key(2048, parameters={"kid": "k1"}, private=True)
        self.claims = {}
        self.nonce = ""
        self.challenge = ""
        self.document = {}
        self.sign_with = self.key
        self.header = {"alg": "RS256", "kid": "k1"}
        self.asked = []
        self.address = ""

    def discovery(self):
        known = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
        }
        return {**known, **self.document}

    def token(self, form):
        verifier = form.get("code_verifier", [""])[0]
        self.asked.append(form)
        if form.get("code") != [CODE] or create_s256_code_challenge(verifier) != self.challenge:
            return {"error": "invalid_grant"}
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": "42",
            "iat": int(NOW.timestamp()),
            "exp": int(NOW.timestamp()) + 300,
            "nonce": self.nonce,
            "email": "lea@pousse.example",
            "email_verified": True,
            "groups": ["staff", "marketing"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode(self.header, claims, self.sign_with)
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}


@pytest.fixture
def issuer():
    made = Issuer()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/.well-known/openid-configuration":
                self.answer(made.discovery())
            else:
                self.answer({"keys": [made.key.as_dict(private=False)]})

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(made.token(parse_qs(body)))

        def answer(self, content):
            body = json.dumps(content).encode()
            self.send_response(400 if "error" in content else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def settings_of(made, **more):
    return {
        "issuer": made.address,
        "client_id": CLIENT,
        "grant": [
            {"value": "admins", "role": "operator"},
            {"value": "marketing", "role": "analyst", "brands": ["pousse"]},
        ],
        **more,
    }


@pytest.fixture
def signing(peopled, issuer):
    """Serves with the issuer configured; `log_in(**changed)` logs in there and comes back."""

    @contextmanager
    def serve(**more):
        with peopled(password_env=None, url=URL, oidc=settings_of(issuer, **more)) as as_:

            def log_in(*, state=None, code=CODE, cookie=None):
                browser = as_(None)
                status, headers, _ = browser.ask("/connexion/annuaire", **HTTPS)
                if status != 303:
                    return status, browser, None
                asked = parse_qs(urlsplit(headers["Location"]).query)
                assert asked["redirect_uri"] == [f"{URL}/connexion/annuaire/retour"]
                assert asked["code_challenge_method"] == ["S256"]
                issuer.nonce, issuer.challenge = asked["nonce"][0], asked["code_challenge"][0]
                kept = headers["Set-Cookie"].split(";")[0] if cookie is None else cookie
                assert cookie is not None or {"HttpOnly", "Secure"} <= {
                    part.strip() for part in headers["Set-Cookie"].split(";")
                }
                answer = f"state={asked['state'][0] if state is None else state}&code={code}"
                came = browser.ask(f"/connexion/annuaire/retour?{answer}", Cookie=kept, **HTTPS)
                cookies = came[1].get_all("Set-Cookie") or ()
                sessions = [each.split(";")[0] for each in cookies if "ouidire_session" in each]
                session = sessions[0] if sessions else None
                return came[0], browser, session

            yield log_in

    return serve


def test_whoever_is_granted_a_role_is_logged_in_with_its_limits(signing, issuer, installation):
    with signing() as log_in:
        status, browser, session = log_in()
        assert status == 200
        found = json.loads(browser.ask("/mentions.json", Cookie=session, **HTTPS)[2])
        assert {brand for each in found["items"] for brand in each["brands"]} == {"pousse"}
        assert browser.ask("/journal", Cookie=session, **HTTPS)[0] == 403
        issuer.claims = {"groups": ["admins"]}
        status, browser, session = log_in()
        assert browser.ask("/journal", Cookie=session, **HTTPS)[0] == 200
    with installation.state.read() as connection:
        (account,) = [each for each in list_accounts(connection) if each.identity]
    assert (account.name, account.role, account.password) == ("lea@pousse.example", "operator", "")
    assert re.fullmatch(r"[0-9a-f]{32}", account.identity)


WRONG = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "another"},
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "it has ended": {"exp": int(NOW.timestamp()) - 120},
    "no end": {"exp": None},
    "no subject": {"sub": None},
    "for another party": {"aud": [CLIENT, "b"], "azp": "b"},
    "no group": {"groups": None},
    "a group that nothing grants": {"groups": ["staff"]},
    "a group by half of its name": {"groups": "marketing team"},
    "an address that nobody verified": {"email_verified": False},
    "no address": {"email": None},
    "a name that none can have": {"email": "<script>@x"},
    "the operator's name": {"email": "operator"},
    "the name of an account with a password": {"email": "ana"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_in_a_token_opens_nothing(signing, issuer, wrong):
    issuer.claims = WRONG[wrong]
    with signing() as log_in:
        status, _, session = log_in()
    assert (status, session) == (403, None)


def test_a_token_that_another_signed_opens_nothing(signing, issuer):
    with signing() as log_in:
        issuer.sign_with = issuer.other
        assert log_in()[::2] == (403, None)
        issuer.sign_with = jwk.OctKey.import_key("a secret that is long enough for it")
        issuer.header = {"alg": "HS256", "kid": "k1"}
        assert log_in()[::2] == (403, None)


def test_an_answer_to_another_login_opens_nothing(signing, issuer):
    with signing() as log_in:
        assert log_in(state="another")[::2] == (403, None)
        assert log_in(state="")[::2] == (403, None)
        assert log_in(code="another")[::2] == (403, None)
        assert log_in(code="")[::2] == (403, None)
        assert log_in(cookie="__Host-ouidire_sign_on=forged")[::2] == (403, None)
        assert log_in(cookie="a=b")[::2] == (403, None)
        assert not [each for each in issuer.asked if each.get("code") == [CODE]]


def test_the_same_person_and_no_other_has_an_account_again(signing, issuer, installation):
    with signing() as log_in:
        assert log_in()[0] == 200
        assert log_in()[0] == 200
        issuer.claims = {"sub": "43"}
        assert log_in()[0] == 403
    with installation.state.read() as connection:
        assert len([each for each in list_accounts(connection) if each.identity]) == 1


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
)
def test_a_document_that_is_not_the_issuers_leads_nowhere(signing, issuer, document):
    issuer.document = document
    with signing() as log_in:
        assert log_in()[0] == 403


def test_an_issuer_that_is_away_is_no_way_in(signing, issuer):
    with signing(issuer="http://127.0.0.1:9") as log_in:
        begun = time.monotonic()
        assert log_in()[0] == 403
        assert time.monotonic() - begun < 15


def test_without_an_issuer_there_is_no_such_page(peopled):
    with peopled(url=URL) as as_:
        assert as_(None).ask("/connexion/annuaire")[0] == 404
        assert as_(None).ask("/connexion/annuaire/retour?state=a&code=b")[0] == 404
        assert "annuaire" not in as_(None).ask("/connexion")[2]


def test_check_says_what_stands_in_the_way(issuer, tmp_path, monkeypatch):
    def problems(**serving):
        return sign_on_problems(settings_from(configuration(serve=serving), base=tmp_path))

    assert problems() == []
    assert problems(url=URL, oidc=settings_of(issuer)) == []
    assert "serve.url is not set" in problems(oidc=settings_of(issuer))[0]
    assert "all are refused" in problems(url=URL, oidc=settings_of(issuer, grant=[]))[0]
    grant = [{"value": "a", "role": "reader", "brands": ["nobody"]}]
    assert "no brand has the slug 'nobody'" in problems(url=URL, oidc=settings_of(issuer, grant=grant))[0]
    given = settings_of(issuer, client_secret_env="OUIDIRE_NO_SUCH")  # noqa: S106 (a variable's name)
    assert "OUIDIRE_NO_SUCH" in problems(url=URL, oidc=given)[0]
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert "`pip install ouidire[oidc]`" in problems(url=URL, oidc=settings_of(issuer))[0]


def test_with_an_issuer_a_login_is_asked_for_before_anybody_has_an_account(served, issuer):
    with served(url=URL, oidc=settings_of(issuer)) as browser:
        assert browser.ask("/mentions", **HTTPS)[1]["Location"] == "/connexion"
        assert "/connexion/annuaire" in browser.ask("/connexion", **HTTPS)[2]
