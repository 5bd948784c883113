"""Writes the text of a first configuration: commented, valid, about the brand that was asked for."""

import json
import re
import unicodedata
from collections.abc import Sequence

from ouidire.errors import UsageError


def slug_of(name: str) -> str:
    """Return the slug of a brand's name: `Pousse & Compagnie` is `pousse-compagnie`.

    Raises UsageError when nothing is left.
    """
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if not slug:
        raise UsageError(f"{name!r} has no letter or digit that a slug could be made of")
    return slug


def configuration(
    *,
    brand: str,
    domains: Sequence[str] = (),
    competitors: Sequence[str] = (),
    trustpilot: str | None = None,
    sources: Sequence[tuple[str, str]] = (),
    recipient: str | None = None,
    language: str = "fr",
) -> str:
    """Return the text of a configuration.

    `sources` are `[[source]]` blocks, each with a comment that stands above it ("" for none).
    """
    slug = slug_of(brand)
    kept = "everything Ouï-dire keeps; back up var/state.db, var/key and var/harvest"
    lines = [
        "# Ouï-dire: what is listened to, and who is told. `ouidire check` says what is wrong with it.",
        "",
        'timezone = "Europe/Paris"      # weeks begin here',
        f"language = {_text(language)}               # of the digest: fr or en",
        f'data = "var"                   # {kept}',
        "",
        "[[brand]]",
        f"slug = {_text(slug)}",
        f"name = {_text(brand)}",
        "aliases = []                   # other names people use",
        "near = []                      # words that must stand by, where its name is a common word",
        f"domains = {_list(domains)}                   # addresses it owns",
        "",
    ]
    for name in competitors:
        lines += ["[[brand]]", f"slug = {_text(slug_of(name))}", f"name = {_text(name)}"]
        lines += ['role = "competitor"', ""]
    if trustpilot:
        refused = "this run will end as refused_by_robots unless you have permitted access"
        lines += [
            f"# Trustpilot refuses general robots: {refused};",
            "# `ouidire import trustpilot page.html --url …` reads pages that you saved.",
            "[[source]]",
            'source = "trustpilot"',
            f"brands = [{_text(slug)}]",
            'every = "1d"',
            f"params = {{ company = {_text(trustpilot)} }}",
            "",
        ]
    for comment, block in sources:
        lines += [*(f"# {line}" for line in comment.splitlines()), block]
    example = "For instance a press feed, read for articles that name the brand"
    reached = "stands in the user agent, so that a site's owner can reach you"
    lines += [
        f"# More sources: `ouidire sources list`. {example}:",
        "# [[source]]",
        '# source = "feed"',
        f"# brands = [{_text(slug)}]",
        '# every = "6h"',
        '# params = { url = "https://example.fr/feed.xml" }',
        "",
        "[fetch]",
        f'# contact = "mailto:web@example.fr"   # {reached}',
        "",
    ]
    if recipient:
        lines += ["[[recipient]]", f"address = {_text(recipient)}", ""]
    lines += [
        "# Without [smtp], digests are written to var/outbox.",
        "# [smtp]",
        '# host = "smtp.example.fr"',
        '# user = "ouidire"',
        '# password_env = "OUIDIRE_SMTP_PASSWORD"',
        "",
        "[digest]",
        '# sender = "Ouï-dire <ouidire@example.fr>"',
        "",
    ]
    return "\n".join(lines)


def _text(value: str) -> str:
    """Return a TOML basic string: JSON's escapes are a subset of TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(_text(each) for each in values)}]"
