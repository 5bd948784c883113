"""Login by an OpenID Connect issuer, by Authlib: authorization code with state, nonce and PKCE (S256).

The ID token's signature, issuer, audience, nonce and times are checked; its claims then give a role by the
configuration, or none. It keeps no token of the issuer, and asks it for nothing after the login.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from ouidire.errors import OuidireError
from ouidire.ids import digest
from ouidire.settings.configuration import Settings
from ouidire.settings.single_sign_on import RoleGrant, SingleSignOnSettings
from ouidire.state.people.accounts import SightLimits, account_name
from service.pipeline.people.sign_on_check import client_secret

CALLBACK = "/connexion/annuaire/retour"
SECONDS = 10.0
"""What the issuer's answers may take."""
LARGEST = 1_000_000
"""Bytes of an answer of the issuer."""
LEEWAY = 60
"""Seconds by which clocks may differ."""
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures that are accepted: public keys alone, never `none` nor a shared secret."""


class SignOnError(OuidireError):
    """A login by the issuer that cannot be accepted; the message is for the log, and names nobody."""


class LoginAttempt(NamedTuple):
    """What a login that was begun has to come back with."""

    state: str
    nonce: str
    verifier: str


class SignedOn(NamedTuple):
    """Who the issuer says it is: an account's name, who that is there, and what the configuration grants."""

    name: str
    identity: str
    grant: RoleGrant

    @property
    def limits(self) -> SightLimits:
        """The brands and places of the grant."""
        return SightLimits(brands=tuple(sorted(self.grant.brands)), places=tuple(sorted(self.grant.places)))


class SingleSignOn:
    """Speaks with one issuer. Its methods wait for the network: call them in a thread."""

    def __init__(self, settings: Settings, wanted: SingleSignOnSettings) -> None:
        self._settings = settings
        self._wanted = wanted

    @property
    def redirect_uri(self) -> str:
        """Where the issuer leads back to."""
        return f"{(self._settings.serve.url or '').rstrip('/')}{CALLBACK}"

    def begin(self) -> tuple[str, LoginAttempt]:
        """Return the issuer's address to go to, and what has to come back. Raises SignOnError."""
        known = self._discovered()
        attempt = LoginAttempt(*(secrets.token_urlsafe(32) for _ in range(3)))
        address, _ = self._session().create_authorization_url(
            _address(known, "authorization_endpoint"),
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )
        return str(address), attempt

    def finish(self, attempt: LoginAttempt, answer: Mapping[str, str], *, now: datetime) -> SignedOn:
        """Return who an answer of the issuer says it is, and what they are granted.

        Raises SignOnError where it answers another attempt, its token is not for us, or nothing is granted.
        """
        if not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise SignOnError("the answer belongs to another login")
        if answer.get("error") or not answer.get("code"):
            raise SignOnError("the issuer refused the login")
        known = self._discovered()
        token = self._token(known, attempt, answer["code"])
        return self._granted(self._claims(known, token, attempt.nonce, now=now))

    def _session(self) -> Any:  # noqa: ANN401 (Authlib has no types)
        from authlib.integrations.requests_client import OAuth2Session

        wanted = self._wanted
        return OAuth2Session(
            wanted.client_id,
            client_secret(self._settings, wanted),
            scope=" ".join(wanted.scopes),
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
        )

    def _discovered(self) -> Mapping[str, Any]:
        """Return the issuer's document of itself, which has to state the very issuer that is configured."""
        base = self._wanted.issuer
        known = self._fetched(f"{base.rstrip('/')}/.well-known/openid-configuration")
        if known.get("issuer") != base:
            raise SignOnError("the issuer's document states another issuer than serve.oidc.issuer")
        return known

    def _fetched(self, address: str) -> Mapping[str, Any]:
        import requests

        try:
            answer = requests.get(address, timeout=SECONDS, allow_redirects=False, stream=True)
            body = answer.raw.read(LARGEST + 1, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise SignOnError(f"the issuer cannot be reached ({type(error).__name__})") from error
        whole = answer.status_code == HTTPStatus.OK and len(body) <= LARGEST
        answer.close()
        try:
            read = json.loads(body) if whole else None
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise SignOnError(f"the issuer answers {answer.status_code} and no document")
        return read

    def _token(self, known: Mapping[str, Any], attempt: LoginAttempt, code: str) -> str:
        import requests
        from authlib.common.errors import AuthlibBaseError

        try:
            given = self._session().fetch_token(
                _address(known, "token_endpoint"),
                code=code,
                code_verifier=attempt.verifier,
                timeout=SECONDS,
                allow_redirects=False,
            )
        except (AuthlibBaseError, requests.RequestException, ValueError) as error:
            raise SignOnError(f"the issuer gives no token ({type(error).__name__})") from error
        found = given.get("id_token")
        if not isinstance(found, str):
            raise SignOnError("the issuer gives no ID token")
        return found

    def _claims(
        self, known: Mapping[str, Any], token: str, nonce: str, *, now: datetime
    ) -> Mapping[str, Any]:
        from authlib.common.errors import AuthlibBaseError
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            keys = KeySet.import_key_set(cast("Any", dict(self._fetched(_address(known, "jwks_uri")))))
            read = jwt.decode(token, keys, algorithms=ALGORITHMS)
            claims = CodeIDToken(
                read.claims,
                read.header,
                options={
                    "iss": {"essential": True, "value": self._wanted.issuer},
                    "aud": {"essential": True, "value": self._wanted.client_id},
                },
                params={"nonce": nonce, "client_id": self._wanted.client_id},
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError) as error:
            raise SignOnError(f"the ID token is not one for us ({type(error).__name__})") from error
        return dict(claims)

    def _granted(self, claims: Mapping[str, Any]) -> SignedOn:
        wanted = self._wanted
        values = claims.get(wanted.claim)
        held = {values} if isinstance(values, str) else set(map(str, values or ()))
        grant = next((each for each in wanted.grant if each.value in held), None)
        if grant is None:
            raise SignOnError("no grant names this person")
        given = claims.get(wanted.name_claim)
        if not isinstance(given, str) or (
            wanted.name_claim == "email" and claims.get("email_verified") is not True
        ):
            raise SignOnError(f"the claim {wanted.name_claim} is missing, or not verified")
        try:
            name = account_name(given)
        except OuidireError as error:
            raise SignOnError(f"the claim {wanted.name_claim} cannot name an account") from error
        return SignedOn(name, digest("identity", wanted.issuer, str(claims["sub"])), grant)


def _address(known: Mapping[str, Any], name: str) -> str:
    """Return an address of the issuer's document: over https, or of this machine. Raises SignOnError."""
    found = known.get(name)
    parts = urlsplit(found) if isinstance(found, str) else urlsplit("")
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")):
        return str(found)
    raise SignOnError(f"the issuer's document has no {name} over https")
