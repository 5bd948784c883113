"""facebook_page: what people say on one's own Facebook page: recommendations, comments, or mentions.

By the Graph API, with the page's own token. It cannot see other pages, groups and private accounts.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import Field

from crawlers.access import ENV_PATTERN
from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import asking
from crawlers.reading.services.graph import VERSION, check_graph, graph_wait
from crawlers.reading.services.minimised import dropping
from crawlers.sources.facebook_page import answers
from ouidire.page import Request


class FacebookPageParams(Params):
    """One list of one page."""

    page_id: str = Field(pattern=r"^\d{5,20}$", description="The page's number, in its settings.")
    read: Literal["recommendations", "posts", "mentions"] = Field(
        default="recommendations",
        description="`recommendations`; `posts`, for comments and visitors' posts; or `mentions` by others.",
    )
    posts: int = Field(
        default=100, ge=1, le=5_000, description="How many of the latest posts are read for comments."
    )
    token_env: str = Field(
        default="FACEBOOK_PAGE_TOKEN",
        pattern=ENV_PATTERN,
        description="Environment variable that holds the page's long-lived token (or NAME_FILE).",
    )
    version: str = Field(default="v24.0", pattern=VERSION, description="The version of the Graph API.")
    base_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+$",
        description="Where the API is served instead of Meta, for tests.",
    )


def entity(params: FacebookPageParams) -> str:
    """Return the page's number and what of it is read, like `123456/recommendations`."""
    return f"{params.page_id}/{params.read}"


def requests(params: FacebookPageParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the request for the list; old posts get new comments too, so that `since` changes nothing."""
    del since
    context = asking(
        entity(params),
        page=params.page_id,
        version=params.version,
        token=params.token_env,
        base=params.base_url,
        posts=str(params.posts),
    )
    yield answers.page_request(params.read, context)


SOURCE = Source(
    slug="facebook_page",
    about=FactSheet(
        title="Your own Facebook page",
        site="facebook.com",
        kind="social",
        access="api",
        official_api="https://developers.facebook.com/docs/graph-api/reference/page/ratings/ (after app "
        "review)",
        terms_url="https://developers.facebook.com/terms/",
        needs_key=True,
        languages=("all",),
        rating_scale="recommended or not; 1–5 stars in reviews before 2018",
        limits="Lists of your own page; a quota by the page's use, waited for where Meta says how long.",
        legal_note="The official way for owners, after Meta's app review. Pages of others are never read. "
        "What people write is their personal data (GDPR): names are kept as keyed hashes, ids and pictures "
        "are not kept. Meta asks that what is deleted there be deleted here: a full run marks what is gone "
        "as withdrawn, and `ouidire erase` removes it.",
    ),
    params=FacebookPageParams,
    entity=entity,
    requests=requests,
    layouts=(
        Layout(
            "recommendations",
            since="2018-08",
            marks="JSON: data[].recommendation_type",
            knows=answers.knows_recommendations,
            parse=answers.parse_recommendations,
        ),
        Layout(
            "mentions",
            since="2015",
            marks="JSON: data[] of /tagged",
            knows=answers.knows_mentions,
            parse=answers.parse_mentions,
        ),
        Layout(
            "posts",
            since="2012",
            marks="JSON: data[].comments",
            knows=answers.knows_posts,
            parse=answers.parse_posts,
        ),
    ),
    check=check_graph,
    reads_errors=True,
    wait=graph_wait,
    fields=("text", "published", "author"),
    minimised=dropping("picture", "email", "profile_pic"),
)
