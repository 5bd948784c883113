"""Settings of single sign-on: the organisation's issuer (OpenID Connect), and who gets which role by it."""

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from ouidire.frozen import Frozen


class RoleGrant(Frozen):
    """What people get whose claim has a value; of several grants, the first that fits holds."""

    value: str = Field(min_length=1, description="The value of the claim, such as the name of a group.")
    role: Literal["reader", "analyst", "operator"] = Field(description="The role that they get.")
    brands: tuple[str, ...] = Field(
        default=(), description="Slugs of the brands that they see; all by default."
    )
    places: tuple[str, ...] = Field(default=(), description="Places that they see; all by default.")

    @model_validator(mode="after")
    def _unlimited_operator(self) -> "RoleGrant":
        if self.role == "operator" and (self.brands or self.places):
            raise ValueError("role: an operator sees all brands and places; take `brands` and `places` away")
        return self


class SingleSignOnSettings(Frozen):
    """Login by an OpenID Connect issuer (extra `oidc`); whoever no grant names is refused."""

    issuer: str = Field(
        pattern=r"^(https://|http://(127\.0\.0\.1|localhost)(:|/|$))",
        description="The issuer's address, as its documents state it: https://login.example.fr/realms/a.",
    )
    client_id: str = Field(min_length=1, description="The name under which the service is known there.")
    client_secret_env: str | None = Field(
        default=None, description="Environment variable that holds the secret of that name."
    )
    client_secret_file: Path | None = Field(default=None, description="File that holds it.")
    scopes: tuple[str, ...] = Field(
        default=("openid", "profile", "email"), description="Scopes that are asked for."
    )
    name_claim: str = Field(
        default="email", description="The claim that names an account; `email` has to be a verified one."
    )
    claim: str = Field(default="groups", description="The claim whose values give roles.")
    grant: tuple[RoleGrant, ...] = Field(default=(), description="Who gets which role.")
