"""What stands in the way of login by an issuer, and of agents, found before anybody tries; no network."""

import importlib.util

from ouidire.errors import ConfigError
from ouidire.settings.configuration import Settings, secret
from ouidire.settings.single_sign_on import SingleSignOnSettings


def sign_on_problems(settings: Settings) -> list[str]:
    """Return what stands in the way of login by an issuer, each with what to do; none without one."""
    wanted = settings.serve.oidc
    if wanted is None:
        return []
    found: list[str] = []
    if importlib.util.find_spec("authlib") is None:
        found.append("serve.oidc: Authlib is not installed: `pip install ouidire[oidc]`")
    if settings.serve.url is None:
        found.append("serve.oidc: serve.url is not set: the issuer could not lead back to the service")
    if not wanted.grant:
        found.append("serve.oidc: no grant gives anybody a role: all are refused")
    slugs = {brand.slug for brand in settings.brand}
    for number, grant in enumerate(wanted.grant):
        unknown = sorted(set(grant.brands) - slugs)
        found += [f"serve.oidc.grant[{number}].brands: no brand has the slug {slug!r}" for slug in unknown]
    try:
        client_secret(settings, wanted)
    except ConfigError as error:
        found += error.problems
    return found


def agent_problems(settings: Settings) -> list[str]:
    """Return what stands in the way of agents that may read; none where they may not."""
    if not settings.serve.mcp or importlib.util.find_spec("mcp") is not None:
        return []
    return ["serve.mcp: the package mcp is not installed: `pip install ouidire[mcp]`"]


def client_secret(settings: Settings, wanted: SingleSignOnSettings) -> str | None:
    """Return the secret of our name at the issuer; None for a public client. Raises ConfigError."""
    path = settings.base / wanted.client_secret_file if wanted.client_secret_file else None
    return secret(env=wanted.client_secret_env, file=path, what="serve.oidc.client_secret")
