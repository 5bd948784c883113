"""Settings of the service: where its pages are served, and who gets in."""

from pathlib import Path

from pydantic import Field

from ouidire.frozen import Frozen
from ouidire.settings.single_sign_on import SingleSignOnSettings


class ServeSettings(Frozen):
    """The service, `ouidire serve`. Where others than this machine can reach it, it needs a password."""

    host: str = Field(default="127.0.0.1", description="The address that its pages are served at.")
    port: int = Field(default=8080, ge=0, le=65535, description="Their port; 0 for any that is free.")
    password_env: str | None = Field(
        default=None,
        description="Environment variable that holds the hash of the password, "
        "as `ouidire password` prints it.",
    )
    password_file: Path | None = Field(default=None, description="File that holds it.")
    stop_seconds: float = Field(
        default=60.0,
        ge=0,
        description="How long what is under way may take to end when the service is stopped; "
        "then it is done again.",
    )
    url: str | None = Field(
        default=None,
        pattern=r"^https?://[\w.\-\[\]:]+(/[A-Za-z0-9._~%!$&()*+=:/-]*)?$",
        description="Where the service is reached from outside, for the links in mails: https://ouidire.example.fr.",
    )
    mcp: bool = Field(
        default=False,
        description="Whether agents may read by the Model Context Protocol, with a token of the scope `mcp` "
        "(extra `mcp`).",
    )
    oidc: SingleSignOnSettings | None = Field(
        default=None, description="Login by the organisation's issuer (OpenID Connect)."
    )
