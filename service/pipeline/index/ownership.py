"""Ownership of search results: the brand, a competitor, a review site, the press, a marketplace, another.

Brands' own domains come from the configuration; every other site from the catalogue
`service/pipeline/index/sites.toml` and the additions given. It reads addresses only: a review site's page
about a brand stays a review site's, a brand's profile on a social network stays social, and who pays for an
article or runs a forum is not seen.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit

from tldextract import TLDExtract

from ouidire.documents import OwnershipKind
from ouidire.frozen import Frozen
from ouidire.settings.brand import Brand
from ouidire.settings.sites import SiteKind

SITE_KINDS: Final[tuple[SiteKind, ...]] = ("review_site", "press", "marketplace", "social", "other")
CATALOGUE: Final = "sites.toml"


class Ownership(Frozen):
    """The ownership of a result, as seen from the brand searched for.

    `brand` is the slug of the monitored brand that owns it, if one does.
    """

    kind: OwnershipKind
    brand: str | None = None


def ownership(
    url: str | None,
    *,
    brands: Sequence[Brand],
    subject: str | None,
    sites: Mapping[str, SiteKind] | None = None,
) -> Ownership:
    """Return the ownership of an address.

    A monitored brand's domain (the longest that fits) decides first: "owned" when it is the subject's, or
    plays the same part as the subject among our own brands; otherwise "competitor". `subject` is the slug of
    the brand searched for, None for a category: then our own brands are the owners. `sites` adds to the
    catalogue and wins over it; its keys are written like the catalogue's entries. An address that cannot be
    read is "other".
    """
    host, path = _parts(url)
    if not host:
        return Ownership(kind="other")
    owner = _owner(host, brands)
    if owner is not None:
        return Ownership(kind="owned" if _is_ours(owner, brands, subject) else "competitor", brand=owner.slug)
    keys = _keys(host, path)
    for catalogue in (sites or {}, catalogue_of_sites()):
        found = next((catalogue[key] for key in keys if key in catalogue), None)
        if found is not None:
            return Ownership(kind=found)
    return Ownership(kind="other")


@lru_cache(maxsize=1)
def catalogue_of_sites() -> Mapping[str, SiteKind]:
    """Return the shipped catalogue: entry (domain, `name.*`, with or without `/part`) to kind."""
    tables = tomllib.loads(files("service.pipeline.index").joinpath(CATALOGUE).read_text(encoding="utf-8"))
    return {entry: kind for kind in SITE_KINDS for entry in tables[kind]["sites"]}


def registrable_domain(url_or_host: str) -> str:
    """Return the registrable domain of an address (`www.bbc.co.uk`: `bbc.co.uk`), else the host itself."""
    host = _parts(url_or_host if "//" in url_or_host else f"//{url_or_host}")[0]
    return _extract()(host).top_domain_under_public_suffix or host


@lru_cache(maxsize=1)
def _extract() -> TLDExtract:
    """Return an extractor with the suffix list that tldextract ships: nothing is ever downloaded."""
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def _parts(url: str | None) -> tuple[str, str]:
    """Return host (lower case, in ASCII) and path of an address; empty where it has none."""
    try:
        parts = urlsplit((url or "")[:5_000].strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return "", ""
    return _ascii(host), parts.path.lower()


def _ascii(host: str) -> str:
    try:
        return host.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return host.lower()


def _owner(host: str, brands: Sequence[Brand]) -> Brand | None:
    fitting = [
        (len(domain), brand)
        for brand in brands
        for name in brand.domains
        if host == (domain := _ascii(name)) or host.endswith(f".{domain}")
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _is_ours(owner: Brand, brands: Sequence[Brand], subject: str | None) -> bool:
    """Whether the owner is the subject, or one of our brands where the subject is one (or none is named)."""
    searched = next((brand for brand in brands if brand.slug == subject), None)
    if searched is not None and searched.role == "competitor":
        return owner.slug == searched.slug
    return owner.role == "own"


def _keys(host: str, path: str) -> list[str]:
    """Return every entry that could name an address, longest first: with the path's beginnings, then none."""
    found = _extract()(host)
    segments = path.split("/")[1:]
    beginnings = [
        "/" + "/".join(segments[:depth]) for depth in (2, 1) if len(segments) >= depth and segments[depth - 1]
    ]
    labels = host.split(".")
    keys: list[str] = []
    for at in range(len(labels)):
        name = ".".join(labels[at:])
        names = [name]
        if found.suffix and name.endswith(f".{found.suffix}"):
            names.append(name.removesuffix(found.suffix) + "*")
        keys += [spelled + part for part in beginnings for spelled in names] + names
    return keys
