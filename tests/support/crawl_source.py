"""A source for the fault site: small, and yet it uses every part of the engine."""

from datetime import UTC, datetime

from pydantic import Field

from crawlers.access import BEARER, refresh_token
from crawlers.base import FactSheet, Layout, Params, Source
from ouidire.clock import StatedDate
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.mention import Mention, Rating
from ouidire.page import Page, Request

HOARD: list[bytes] = []


class SiteParams(Params):
    urls: tuple[str, ...]
    render: bool = False
    headers: dict[str, str] = Field(default_factory=dict)
    method: str = "GET"
    body: str | None = None
    fail_after: int | None = None
    token_url: str | None = None


def requests(params, *, since=None):
    for number, url in enumerate(params.urls):
        if params.fail_after is not None and number >= params.fail_after:
            raise KeyError("Jeanne Dupuis")
        render = "yes" if params.render else "no"
        yield Request(
            url=url,
            render=params.render,
            headers=params.headers | (BEARER if params.token_url else {}),
            method=params.method,
            body=params.body,
            context={"render": render} | ({"token": "yes"} if params.token_url else {}),
        )


def parse(page: Page) -> Parsed:
    tree = page.selector
    items = []
    for node in tree.css("article"):
        if node.attrib["data-id"] == "bug":
            raise RuntimeError(f"cannot read {node.xpath('string()').get()}")
        at = datetime.fromisoformat(node.attrib["data-date"]).replace(hour=12, tzinfo=UTC)
        items.append(
            Mention(
                entity="boutique",
                native_id=node.attrib["data-id"],
                text=node.xpath("string()").get(),
                author=node.attrib["data-author"],
                rating=Rating(value=float(node.attrib["data-rating"])),
                published=StatedDate(at=at, precision="day"),
            )
        )
    if tree.css("#hoard"):
        HOARD.append(b"x" * 3_000_000)
    empty = bool(tree.css("p.empty"))
    total = tree.css(".total::text").get()
    if not items and not empty and total is None and not tree.css("#silent"):
        raise LayoutChanged("reviews", selector="article")
    more = tree.css("a[rel=next]::attr(href)").get()
    follow = ()
    if more:
        from urllib.parse import urljoin

        follow = (
            Request(
                url=urljoin(page.url, more),
                headers=BEARER if page.context.get("token") else {},
                render=page.context["render"] == "yes",
                context=page.context,
            ),
        )
    return Parsed(
        items=tuple(items),
        follow=follow,
        declared_total=int(total) if total else None,
        says_empty=empty,
        last_page=not more if more else None,
    )


def grant(params):
    """How the fault site gives tokens; without an address, none is asked for."""
    if params.token_url is None:
        return None
    client = ("nous", "secret:ESSAI_CLE")
    return refresh_token(
        params.token_url, refresh="secret:ESSAI_JETON", client=client, advice="give the consent again"
    )


def source(access="web") -> Source:
    about = FactSheet(
        title="Site d'essai",
        site="127.0.0.1",
        kind="reviews",
        access=access,
        official_api="none",
        legal_note="ours",
    )
    return Source(
        slug="essai",
        about=about,
        params=SiteParams,
        entity=lambda _: "boutique",
        requests=requests,
        layouts=(Layout("list", since="2026", marks="any page", knows=lambda _: True, parse=parse),),
        check=lambda _: None,
        grant=grant,
    )
