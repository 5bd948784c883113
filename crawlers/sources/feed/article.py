"""The layout `article`: the page that a feed's entry leads to, completed by what the entry said.

It cannot see articles behind a subscription.
"""

from crawlers.reading.extract import canonical_link, registrable_host
from crawlers.sources.feed.article_text import read_article
from crawlers.sources.feed.entries import named
from crawlers.sources.feed.listing import asked_names
from ouidire.clock import StatedDate
from ouidire.ids import canonical_url
from ouidire.items import Parsed, Rejected
from ouidire.mention import Mention
from ouidire.page import Page


def knows(page: Page) -> bool:
    """Return whether the page was fetched as an entry's article."""
    return page.kind == "article"


def parse(page: Page) -> Parsed:
    """Read the article, empty when it has no name of `must_name`. Raises LayoutChanged for no article."""
    article = read_article(page)
    context = page.context
    title = context.get("title") or article.title
    if not named(asked_names(page), title, article.text):
        return Parsed(says_empty=True)
    url = context.get("url") or canonical_link(page) or canonical_url(page.url)
    mention = Mention(
        kind="article",
        entity=context.get("entity") or registrable_host(page.url),
        native_id=context.get("native_id") or canonical_url(url),
        url=url,
        title=title,
        text=article.text,
        language=context.get("language") or article.language,
        author=context.get("author") or article.author,
        published=_stored(context, "published") or article.published,
        updated=_stored(context, "updated"),
        extent="full",
    )
    rejected = (
        (Rejected(reason="bad_date", where="article", detail=article.bad_date),) if article.bad_date else ()
    )
    return Parsed(items=(mention,), rejected=rejected)


def _stored(context: dict[str, str], name: str) -> StatedDate | None:
    return StatedDate.model_validate_json(context[name]) if name in context else None
