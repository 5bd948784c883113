"""The access token of a run: fetched or signed when it is first needed, kept in memory, renewed when refused.

It is in no page, harvest, state or log: what comes back is redacted of it. One token serves all requests of a
run. It cannot keep a refresh token that a service replaces at each use: those of our services stay the same.
"""

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import urlencode

from scrapy.exceptions import IgnoreRequest

from crawlers.access import AccessGrant, ServiceAccount, SignedToken, TokenCall
from crawlers.engine.access.signing import sign
from crawlers.engine.secrets import Secrets, public_address
from ouidire.errors import ConfigError
from ouidire.page import Request
from ouidire.text.json_text import read_json

IN_HEADER = re.compile(r"token:([A-Za-z]*)")
NAMED = re.compile(r"secret:([A-Za-z_][A-Za-z0-9_]*)")
LEEWAY = 60.0
"""Seconds before its end at which a token is renewed; half its life where that is shorter."""
BACKDATED = 30
"""Seconds that a signed token is dated back, for clocks that differ a little."""
UNSTATED = 3_000.0
"""Seconds that a token is used for whose answer does not say how long it is good."""
LONGEST = 300
"""Characters of a service's own words that are repeated."""
OK = 200
BUSY = 429
SERVER_ERROR = 500
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class TokenRefused(IgnoreRequest):
    """No access token can be had: the message says why and what to do."""


class TokenUnavailable(IgnoreRequest):
    """The service that gives tokens did not answer as it should; trying again later may help."""


class TokenPost(NamedTuple):
    """A request for a token, with the secrets in it; it is sent and forgotten."""

    url: str
    headers: dict[str, str]
    body: str


class TokenAnswer(NamedTuple):
    """The answer to such a request."""

    status: int
    body: bytes


PostSender = Callable[[TokenPost], Awaitable[TokenAnswer]]


def wants_token(request: Request) -> bool:
    """Return whether a request is to be sent with the source's token."""
    return any(IN_HEADER.fullmatch(value.strip()) for value in request.headers.values())


class TokenKeeper:
    """The token of one run, for the grant of its source. Used from one event loop."""

    def __init__(self, grant: AccessGrant | None, secrets: Secrets) -> None:
        self._grant, self._secrets = grant, secrets
        self._lock = asyncio.Lock()
        self._value: str | None = None
        self._until = 0.0
        self._skew = timedelta(0)
        self._refused: TokenRefused | None = None
        self.generation = 0
        self.is_useless = False
        self.consent_ends_in: timedelta | None = None

    def check(self) -> None:
        """Read every secret that the grant names. Raises ConfigError when one is missing or wrong."""
        grant = self._grant
        if grant is None:
            raise ConfigError(["the source asks with a token and says not where it gets one"])
        for name in _names(grant):
            self._secrets.value(name)
        if isinstance(grant, SignedToken):
            self._signed(grant)
        if isinstance(grant, ServiceAccount):
            self._account(grant)

    async def ensure(self, send: PostSender) -> int:
        """Have a token that is good, and return its number.

        Raises TokenRefused, TokenUnavailable, or ConfigError for a secret that cannot be used.
        """
        async with self._lock:
            if self._refused is not None:
                raise self._refused
            if self._value is None or monotonic() >= self._until:
                await self._renew(send)
            return self.generation

    def discard(self, generation: int, *, server_time: datetime | None = None) -> None:
        """Drop the token of this number, since it was refused; `server_time` is the service's clock.

        Tokens that are signed from now on are dated by that clock where it differs from ours.
        """
        if server_time is not None:
            self._skew = server_time - datetime.now(UTC)
        if generation == self.generation:
            self._value = None

    def give_up(self) -> None:
        """Renew tokens no more in this run, since a new one was refused as well."""
        self.is_useless = True

    def is_expiry(self, status: int, body: bytes) -> bool:
        """Return whether an answer says that the token is no longer good."""
        if status == 401:  # noqa: PLR2004 (Unauthorized)
            return True
        marks = self._grant.expired if isinstance(self._grant, TokenCall) else ()
        return status == 400 and any(mark.encode() in body[:2_000] for mark in marks)  # noqa: PLR2004 (Bad Request)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return those headers that are sent with the token, with its value."""
        named = ((name, IN_HEADER.fullmatch(value.strip())) for name, value in headers.items())
        return {name: f"{match[1]} {self._value or ''}".strip() for name, match in named if match}

    async def _renew(self, send: PostSender) -> None:
        grant = self._grant
        if grant is None:
            raise ConfigError(["the source asks with a token and says not where it gets one"])
        if isinstance(grant, SignedToken):
            self._take(self._signed(grant), float(grant.seconds - BACKDATED))
            return
        post = self._exchange(grant) if isinstance(grant, ServiceAccount) else self._call(grant)
        answer = await send(post)
        try:
            self._read(grant, post.url, answer)
        except TokenRefused as error:
            self._refused = error
            raise

    def _take(self, value: str, seconds: float) -> None:
        self.generation += 1
        self._value = value
        self._until = monotonic() + max(seconds - LEEWAY, seconds / 2)
        self._secrets.remember("access_token", value)

    def _read(self, grant: TokenCall | ServiceAccount, url: str, answer: TokenAnswer) -> None:
        """Take the token of an answer. Raises TokenRefused or TokenUnavailable where there is none."""
        where = public_address(url)
        try:
            found = read_json(answer.body.decode("utf-8-sig", "replace"))
        except ValueError:
            found = None
        held: dict[str, Any] = found if isinstance(found, dict) else {}
        if answer.status == BUSY or answer.status >= SERVER_ERROR:
            raise TokenUnavailable(f"{where} gave no access token (HTTP {answer.status}): try again later")
        key = grant.value_key if isinstance(grant, TokenCall) else "access_token"
        value = held.get(key)
        if answer.status >= 300 or "error" in held or not isinstance(value, str) or not value.strip():  # noqa: PLR2004
            said = self._words(held) or ("" if held else "no JSON")
            reason = f"HTTP {answer.status}{f': {said}' if said else ''}"
            raise TokenRefused(f"{where} refused to give an access token ({reason}): {grant.advice}")
        if not (value.isascii() and value.isprintable()):
            raise TokenUnavailable(f"{where} gave an access token that cannot be sent in a header")
        seconds = _seconds(held.get(grant.seconds_key if isinstance(grant, TokenCall) else "expires_in"))
        consent = _seconds(held.get("refresh_token_expires_in"))
        self.consent_ends_in = None if consent is None else timedelta(seconds=consent)
        self._take(value.strip(), UNSTATED if seconds is None else seconds)

    def _words(self, held: Mapping[str, Any]) -> str:
        """Return a service's own words for a refusal, without secrets, shortened."""
        nested = held.get("error")
        named = (
            *(nested.get(name) for name in ("code", "message") if isinstance(nested, dict)),
            *(held.get(name) for name in ("error", "error_description", "message", "errorCode", "reason")),
        )
        words = dict.fromkeys(str(each) for each in named if isinstance(each, str | int) and each != "")
        return " ".join(self._secrets.redact(": ".join(words)).split())[:LONGEST]

    def _call(self, grant: TokenCall) -> TokenPost:
        fields = {name: self._filled(value) for name, value in grant.fields.items()}
        headers = {"accept": "application/json"}
        if grant.basic is not None:
            user, password = (self._filled(each) for each in grant.basic)
            value = b64encode(f"{user}:{password}".encode()).decode()
            self._secrets.remember("basic", value)
            headers["authorization"] = f"Basic {value}"
        if grant.encoding == "json":
            return TokenPost(grant.url, headers | {"content-type": "application/json"}, json.dumps(fields))
        return _form(grant.url, headers, fields)

    def _exchange(self, grant: ServiceAccount) -> TokenPost:
        account = self._account(grant)
        assertion = sign(
            {
                "iss": account["client_email"],
                "scope": grant.scope,
                "aud": account["token_uri"],
                **self._dates(3600),
            },
            header={"kid": account["private_key_id"]} if account["private_key_id"] else {},
            algorithm="RS256",
            pem=account["private_key"],
            what=f"secret {grant.file}",
        )
        self._secrets.remember("assertion", assertion)
        fields = {"grant_type": JWT_BEARER, "assertion": assertion}
        return _form(grant.url or account["token_uri"], {"accept": "application/json"}, fields)

    def _account(self, grant: ServiceAccount) -> dict[str, str]:
        """Return the parts of a service account's file. Raises ConfigError when it is none."""
        try:
            held = json.loads(self._secrets.document(grant.file))
        except (ValueError, RecursionError):
            held = None
        names = ("client_email", "private_key", "private_key_id", "token_uri")
        parts = {name: held.get(name, "") for name in names} if isinstance(held, dict) else {}
        required = ("client_email", "private_key", "token_uri")
        if not all(isinstance(parts.get(name), str) and parts[name] for name in required):
            missing = ", ".join(required)
            advice = f"give the JSON file of the account's key, which has {missing}"
            raise ConfigError([f"secret {grant.file} holds no service account: {advice}"])
        return {name: str(value) for name, value in parts.items()}

    def _signed(self, grant: SignedToken) -> str:
        claims = {name: self._filled(value) for name, value in grant.claims.items()}
        return sign(
            {**claims, **self._dates(grant.seconds)},
            header={name: self._filled(value) for name, value in grant.header.items()},
            algorithm=grant.algorithm,
            pem=self._secrets.document(grant.key),
            what=f"secret {grant.key}",
        )

    def _dates(self, seconds: int) -> dict[str, int]:
        issued = int((datetime.now(UTC) + self._skew).timestamp()) - BACKDATED
        return {"iat": issued, "exp": issued + seconds}

    def _filled(self, value: str) -> str:
        match = NAMED.fullmatch(value)
        return self._secrets.value(match[1]) if match else value


def _names(grant: AccessGrant) -> Iterator[str]:
    """Yield the names of the one-line secrets of a grant."""
    values: list[str] = []
    if isinstance(grant, TokenCall):
        values = [*grant.fields.values(), *(grant.basic or ())]
    elif isinstance(grant, SignedToken):
        values = [*grant.header.values(), *grant.claims.values()]
    yield from (match[1] for value in values if (match := NAMED.fullmatch(value)))


def _form(url: str, headers: dict[str, str], fields: Mapping[str, str]) -> TokenPost:
    return TokenPost(url, headers | {"content-type": "application/x-www-form-urlencoded"}, urlencode(fields))


def _seconds(value: object) -> float | None:
    """Return a number of seconds that is above 0, given as one or as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return seconds if 0 < seconds < 1e9 else None  # noqa: PLR2004 (30 years)
