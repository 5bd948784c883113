"""The configuration of one source as TOML to paste, and the parameters that a known site's address holds.

It cannot know secrets: a source that needs a key gets the names of its environment variables.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from crawlers import SOURCES, load_source

_COUNTRY = re.compile(r"^/([a-z]{2})/")
EXAMPLES: dict[str, Any] = {
    "path": "exports/avis.csv", "url": "https://example.fr/avis", "query": "Ma Marque", "name": "Ma Marque",
    "app_id": "123456789", "company": "example.fr", "instance": "mastodon.social", "provider": "serper",
    "public_key": "PUBLIC-KEY", "website": "WEBSITE-ID", "key_env": "SERVICE_KEY", "collection": 34412146,
}  # fmt: skip
"""What stands for a parameter that is asked for and not known; the person who pastes it fills it in."""


def source_toml(slug: str, params: Mapping[str, Any], *, brand: str, every: str = "1d") -> str:
    """Return a `[[source]]` block with some parameters, and a line for each that is needed and not known."""
    source = load_source(slug)
    fields = source.params.model_fields
    lines = [
        "[[source]]",
        f'source = "{slug}"',
        f"brands = [{_value(brand)}]",
        f'every = "{every}"',
        "",
        "[source.params]",
    ]
    for name, value in params.items():
        lines.append(f"{name} = {_value(value)}")
    for name, field in fields.items():
        if name in params:
            continue
        if field.is_required():
            lines.append(
                f"{name} = {_value(EXAMPLES.get(name, 'TO FILL IN'))}    # {field.description or 'needed'}"
            )
        elif name.endswith("_env") and source.about.needs_key:
            default = field.default if isinstance(field.default, str) else "SERVICE_KEY"
            lines.append(f'{name} = "{default}"    # {field.description or "the name of a variable"}')
    if source.about.opt_in:
        lines.append(
            "accept_legal_note = false    # read the legal note of `ouidire sources list`, then write true"
        )
    return "\n".join(lines) + "\n"


def params_in_address(url: str) -> tuple[str, dict[str, Any]] | None:
    """Return the source and parameters that a known site's address gives, or None."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().removeprefix("www.")
    if host == "apps.apple.com" and (match := re.search(r"/id(\d{5,12})", parts.path)):
        country = _COUNTRY.match(parts.path)
        return _known("app_store", {"app_id": match[1], "country": country[1] if country else "us"})
    if host.endswith("trustpilot.com") and (match := re.match(r"/review/([^/?#]+)", parts.path)):
        return _known("trustpilot", {"company": match[1]})
    return None


def _known(slug: str, params: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    return (slug, params) if slug in SOURCES else None


def _value(value: Any) -> str:  # noqa: ANN401 (a parameter)
    """Return a value as TOML: JSON's texts, numbers, truth values and lists are TOML's too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
