"""How a source gets access: what it asks an access token with, and what a key may spend in a day.

Values for the engine, which alone fetches tokens and counts: nothing here sees the network or a secret. A
request that is sent with a token has the header `token:SCHEME` (`Authorization: token:Bearer`).
"""

from typing import Literal

from pydantic import Field

from ouidire.frozen import Frozen

BEARER = {"Authorization": "token:Bearer"}
"""The header of a request that is sent with the source's access token."""
JSON_BEARER = {"Accept": "application/json", **BEARER}
"""The headers of such a request for JSON."""
ENV_PATTERN = r"^[A-Z][A-Z0-9_]*$"
"""What the name of an environment variable that holds a secret looks like."""


class TokenCall(Frozen):
    """A request whose JSON answer holds an access token under `value_key`.

    Values of `fields` and the two of `basic` (user, password) may be `secret:NAME`. `expired` are words of a
    400 answer that say, beside a 401, that a token has expired. `advice` says what a person has to do when
    it is refused.
    """

    url: str
    fields: dict[str, str]
    encoding: Literal["form", "json"] = "form"
    basic: tuple[str, str] | None = None
    value_key: str = "access_token"
    seconds_key: str = "expires_in"
    expired: tuple[str, ...] = ()
    advice: str


class SignedToken(Frozen):
    """A JSON Web Token (RFC 7519) that is signed here and is itself the access token.

    `key` names the secret that holds the private key (PEM). Values of `header` and `claims` may be
    `secret:NAME`; `iat` and `exp`, `seconds` apart, are added.
    """

    algorithm: Literal["ES256", "RS256"]
    key: str
    header: dict[str, str] = Field(default_factory=dict)
    claims: dict[str, str] = Field(default_factory=dict)
    seconds: int = 900
    advice: str


class ServiceAccount(Frozen):
    """A Google service account: a signed token (RFC 7523) is exchanged for an access token.

    `file` names the secret that holds the account's JSON file; `url` stands in for its `token_uri`.
    """

    file: str
    scope: str
    url: str | None = None
    advice: str


AccessGrant = TokenCall | SignedToken | ServiceAccount


def refresh_token(url: str, *, refresh: str, client: tuple[str, str], advice: str) -> TokenCall:
    """Return the call of OAuth's refresh_token grant (RFC 6749, 6).

    `client` is the client's id and secret, which are sent in the form.
    """
    own = {"client_id": client[0], "client_secret": client[1]}
    return TokenCall(
        url=url, fields={"grant_type": "refresh_token", "refresh_token": refresh, **own}, advice=advice
    )


def client_credentials(
    url: str,
    *,
    client: tuple[str, str],
    advice: str,
    basic: bool = True,
    more: dict[str, str] | None = None,
) -> TokenCall:
    """Return the call of OAuth's client_credentials grant (RFC 6749, 4.4), with the client's id and secret.

    They are sent in a Basic header, or in the form. `more` are further fields, such as a scope.
    """
    fields = {"grant_type": "client_credentials", **(more or {})}
    if basic:
        return TokenCall(url=url, fields=fields, basic=client, advice=advice)
    own = {"client_id": client[0], "client_secret": client[1]}
    return TokenCall(url=url, fields=fields | own, advice=advice)


def password_grant(url: str, *, user: tuple[str, str], client: tuple[str, str], advice: str) -> TokenCall:
    """Return the call of OAuth's password grant (RFC 6749, 4.3).

    `user` is a name and a password, `client` the client's id and secret, which are sent in a Basic header.
    """
    fields = {"grant_type": "password", "username": user[0], "password": user[1]}
    return TokenCall(url=url, fields=fields, basic=client, advice=advice)


def session_login(
    url: str, *, fields: dict[str, str], value_key: str, advice: str, expired: tuple[str, ...] = ()
) -> TokenCall:
    """Return the call of a login that answers with a session's token, such as Bluesky's createSession."""
    return TokenCall(
        url=url, fields=fields, encoding="json", value_key=value_key, advice=advice, expired=expired
    )


class Budget(Frozen):
    """What a key may spend at a service in a day, or in a week that begins on Monday (`days` = 7).

    `key` is its public name (that of the environment variable), `what` what is counted, `limit` how many a
    day (at least 1), `zone` whose midnight begins a new day, `costs` how many a request of each kind takes
    (0 where it is not named). Where an answer says what it took, that counts in the place of the cost that
    was planned. Amounts are shown divided by `scale`.
    """

    key: str
    what: str
    limit: int = Field(ge=1)
    zone: str = "UTC"
    days: Literal[1, 7] = 1
    scale: int = Field(default=1, ge=1)
    costs: dict[str, int]

    @property
    def name(self) -> str:
        """The budget's name in counts."""
        return f"{self.key}/{self.what}"

    @property
    def term(self) -> str:
        """The word for the time that the limit is for."""
        return "day" if self.days == 1 else "week"

    @property
    def sentence(self) -> str:
        """The limit in words."""
        return f"{self.limit / self.scale:g} {self.what} a {self.term} for {self.key}"
