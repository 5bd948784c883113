"""The grants by which tokens are had, one by one, and what their answers may be."""

import asyncio
import json
from base64 import b64decode, urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from crawlers.access import (
    ServiceAccount,
    SignedToken,
    client_credentials,
    password_grant,
    refresh_token,
    session_login,
)
from crawlers.engine.access.tokens import TokenAnswer, TokenKeeper, TokenRefused, TokenUnavailable
from crawlers.engine.secrets import Secrets
from ouidire.errors import ConfigError

URL = "https://auth.example/token"
ADVICE = "ask again"
CLIENT = ("secret:ID", "secret:SECRET")
GOOD = {"access_token": "abc/def+ghi", "expires_in": 3600}


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ACCOUNT = {
    "client_email": "lecture@projet.example",
    "private_key": pem(RSA_KEY),
    "private_key_id": "k1",
    "token_uri": URL,
}
ENVIRONMENT = {
    "TOKEN": "1//durable",
    "ID": "nous",
    "SECRET": "p:w&d",
    "P8": pem(EC_KEY),
    "P8_ONE_LINE": pem(EC_KEY).replace("\n", "\\n"),
    "RSA": pem(RSA_KEY),
    "ACCOUNT": json.dumps(ACCOUNT),
    "ISSUER": "57246542-96fe",
}


class Desk:
    """Keeps a token for a grant, and the posts that were made for it; answers come from a list."""

    def __init__(self, grant, *answers):
        self.secrets = Secrets(ENVIRONMENT)
        self.keeper = TokenKeeper(grant, self.secrets)
        self.answers = list(answers) or [(200, GOOD)]
        self.posts = []

    async def send(self, post):
        self.posts.append(post)
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return TokenAnswer(status, body if isinstance(body, bytes) else json.dumps(body).encode())

    def token(self):
        asyncio.run(self.keeper.ensure(self.send))
        return self.keeper.headers({"Authorization": "token:Bearer"})["Authorization"]

    def form(self):
        return {name: values[0] for name, values in parse_qs(self.posts[-1].body).items()}


def parts(token):
    header, claims, signature = token.removeprefix("Bearer ").split(".")
    decoded = [urlsafe_b64decode(each + "=" * (-len(each) % 4)) for each in (header, claims, signature)]
    return json.loads(decoded[0]), json.loads(decoded[1]), decoded[2], f"{header}.{claims}".encode()


def test_refresh_token():
    grant = refresh_token(URL, refresh="secret:TOKEN", client=CLIENT, advice=ADVICE)
    desk = Desk(grant)
    assert desk.token() == "Bearer abc/def+ghi"
    assert desk.form() == {
        "grant_type": "refresh_token", "refresh_token": "1//durable", "client_id": "nous",
        "client_secret": "p:w&d",
    }  # fmt: skip


@pytest.mark.parametrize("basic", [True, False])
def test_client_credentials(basic):
    grant = client_credentials(
        URL,
        client=CLIENT,
        advice=ADVICE,
        basic=basic,
        more={"audience": "avis"},
    )
    desk = Desk(grant)
    assert desk.token()
    assert desk.form()["grant_type"] == "client_credentials"
    assert desk.form()["audience"] == "avis"
    sent = desk.posts[0].headers.get("authorization", "")
    assert (b64decode(sent.removeprefix("Basic ")).decode() == "nous:p:w&d") is basic
    assert ("client_secret" in desk.form()) is not basic
    assert desk.secrets.redact(f"echo {sent}") == f"echo {'Basic {secret:basic}' if basic else ''}"


def test_password():
    grant = password_grant(
        URL,
        user=("moi@example.org", "secret:SECRET"),
        client=CLIENT,
        advice=ADVICE,
    )
    desk = Desk(grant)
    assert desk.token()
    assert desk.form() == {"grant_type": "password", "username": "moi@example.org", "password": "p:w&d"}


def test_session_login():
    grant = session_login(
        URL,
        fields={"identifier": "marque.example", "password": "secret:SECRET"},
        value_key="accessJwt",
        advice=ADVICE,
        expired=("ExpiredToken",),
    )
    desk = Desk(grant, (200, {"accessJwt": "s1", "refreshJwt": "r1", "did": "did:plc:x"}))
    assert desk.token() == "Bearer s1"
    assert json.loads(desk.posts[0].body) == {"identifier": "marque.example", "password": "p:w&d"}
    assert desk.keeper.is_expiry(400, b'{"error":"ExpiredToken"}')
    assert not desk.keeper.is_expiry(400, b'{"error":"InvalidRequest"}')
    assert desk.keeper.is_expiry(401, b"")
    assert not desk.keeper.is_expiry(403, b'{"error":"ExpiredToken"}')


@pytest.mark.parametrize("key", ["P8", "P8_ONE_LINE"])
def test_signed_es256(key):
    grant = SignedToken(
        algorithm="ES256",
        key=key,
        header={"kid": "ABC123"},
        claims={"iss": "secret:ISSUER", "aud": "appstoreconnect-v1"},
        advice=ADVICE,
    )
    desk = Desk(grant)
    header, claims, signature, signed = parts(desk.token())
    assert header == {"alg": "ES256", "typ": "JWT", "kid": "ABC123"}
    assert (claims["iss"], claims["aud"]) == ("57246542-96fe", "appstoreconnect-v1")
    assert claims["exp"] - claims["iat"] == 900
    assert abs(claims["iat"] - datetime.now(UTC).timestamp()) < 60
    assert len(signature) == 64
    raw = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    EC_KEY.public_key().verify(raw, signed, ec.ECDSA(SHA256()))
    assert desk.posts == []


def test_a_clock_that_differs_is_corrected_by_the_services():
    grant = SignedToken(algorithm="ES256", key="P8", claims={"aud": "x"}, advice=ADVICE)
    desk = Desk(grant)
    first = desk.token()
    ahead = datetime.now(UTC) + timedelta(hours=3)
    desk.keeper.discard(desk.keeper.generation, server_time=ahead)
    second = desk.token()
    assert second != first
    assert abs(parts(second)[1]["iat"] - ahead.timestamp()) < 60


def test_service_account_rs256():
    desk = Desk(ServiceAccount(file="ACCOUNT", scope="https://scope.example/read", advice=ADVICE))
    assert desk.token() == "Bearer abc/def+ghi"
    assert desk.form()["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    header, claims, signature, signed = parts(desk.form()["assertion"])
    assert header["kid"] == "k1"
    assert (claims["iss"], claims["aud"]) == ("lecture@projet.example", URL)
    RSA_KEY.public_key().verify(signature, signed, padding.PKCS1v15(), SHA256())
    assert "{secret:assertion}" in desk.secrets.redact(f"bad {desk.form()['assertion']}")


@pytest.mark.parametrize(
    "grant",
    [
        SignedToken(algorithm="RS256", key="P8", advice=ADVICE),
        SignedToken(algorithm="ES256", key="RSA", advice=ADVICE),
        SignedToken(algorithm="ES256", key="TOKEN", advice=ADVICE),
        ServiceAccount(file="TOKEN", scope="x", advice=ADVICE),
        ServiceAccount(file="ABSENT", scope="x", advice=ADVICE),
        refresh_token(URL, refresh="secret:ABSENT", client=CLIENT, advice=ADVICE),
        None,
    ],
)
def test_what_cannot_be_used_is_named_before_anything_is_asked(grant):
    with pytest.raises(ConfigError) as raised:
        Desk(grant).keeper.check()
    assert "durable" not in str(raised.value)


GRANT = refresh_token(URL, refresh="secret:TOKEN", client=CLIENT, advice=ADVICE)
EXPIRED = {"error": "invalid_grant", "error_description": "Token 1//durable expired"}


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (
            (400, {"error": "invalid_grant", "error_description": "Token 1//durable expired"}),
            TokenRefused,
            ADVICE,
        ),
        ((401, {"error": {"code": 401, "message": "no"}}), TokenRefused, "401: no"),
        ((200, {"error": "invalid_client"}), TokenRefused, "invalid_client"),
        ((200, {"access_token": ""}), TokenRefused, ADVICE),
        ((200, b"<html>"), TokenRefused, "no JSON"),
        ((200, [1]), TokenRefused, "no JSON"),
        ((302, b""), TokenRefused, "302"),
        ((429, b""), TokenUnavailable, "later"),
        ((503, {"error": "x"}), TokenUnavailable, "later"),
        ((200, {"access_token": "a\nb"}), TokenUnavailable, "header"),
    ],
)
def test_answers_without_a_token(answer, error, words):
    desk = Desk(GRANT, answer)
    for _ in range(2):
        with pytest.raises(error) as raised:
            desk.token()
        assert words in str(raised.value)
        assert "durable" not in str(raised.value)
    assert len(desk.posts) == (1 if error is TokenRefused else 2)


@pytest.mark.parametrize("stated", [3600, "3600", None, -1, "soon", True, 1e300])
def test_how_long_it_is_good_may_be_said_in_any_way(stated):
    desk = Desk(GRANT, (200, {"access_token": "a", "expires_in": stated}))
    desk.token()
    desk.token()
    assert len(desk.posts) == 1


def test_a_token_of_before_is_still_redacted():
    desk = Desk(GRANT, (200, {"access_token": "jeton-1"}), (200, {"access_token": "jeton-2"}))
    desk.token()
    desk.keeper.discard(desk.keeper.generation)
    assert desk.token() == "Bearer jeton-2"
    assert "jeton" not in desk.secrets.redact("jeton-1 jeton-2")
    desk.keeper.discard(1)
    assert desk.token() == "Bearer jeton-2", "only the newest is dropped"
