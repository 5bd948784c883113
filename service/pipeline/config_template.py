"""The first configuration: commented, valid, and about the brand that was asked for."""

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
    recipient: str | None = None,
    language: str = "fr",
) -> str:
    """Return the text of a configuration."""
    slug = slug_of(brand)
    parts = [
        "# Ouï-dire: what is listened to, and who is told. `ouidire check` says what is wrong with it.\n",
        'timezone = "Europe/Paris"      # weeks begin here',
        f"language = {_text(language)}               # of the digest: fr or en",
        'data = "var"                   # everything Ouï-dire keeps; back up var/state.db, var/key and var/harvest\n',
        f"[[brand]]\nslug = {_text(slug)}\nname = {_text(brand)}\naliases = []                   # other names people use",
        f"domains = {_list(domains)}                   # addresses it owns\n",
    ]
    parts += [
        f'[[brand]]\nslug = {_text(slug_of(name))}\nname = {_text(name)}\nrole = "competitor"\n'
        for name in competitors
    ]
    if trustpilot:
        parts.append(
            "# Trustpilot refuses general robots: this run will end as refused_by_robots unless you have permitted access;\n"
            "# `ouidire import trustpilot page.html --url …` reads pages that you saved.\n"
            f'[[source]]\nsource = "trustpilot"\nbrands = [{_text(slug)}]\nevery = "1d"\nparams = {{ company = {_text(trustpilot)} }}\n',
        )
    parts += [
        "# More sources: `ouidire sources list`. For instance a press feed, read for articles that name the brand:",
        f'# [[source]]\n# source = "feed"\n# brands = [{_text(slug)}]\n# every = "6h"',
        '# params = { url = "https://example.fr/feed.xml" }\n',
        '[fetch]\n# contact = "mailto:web@example.fr"   # stands in the user agent, so that a site\'s owner can reach you\n',
    ]
    if recipient:
        parts.append(f"[[recipient]]\naddress = {_text(recipient)}\n")
    parts.append(
        "# Without [smtp], digests are written to var/outbox.\n"
        '# [smtp]\n# host = "smtp.example.fr"\n# user = "ouidire"\n# password_env = "OUIDIRE_SMTP_PASSWORD"\n\n'
        '[digest]\n# sender = "Ouï-dire <ouidire@example.fr>"\n',
    )
    return "\n".join(parts)


def _text(value: str) -> str:
    """A TOML basic string: JSON's escapes are a subset of TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(_text(each) for each in values)}]"
