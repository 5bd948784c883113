"""instagram: what people write to one's own Instagram account: comments on its media, or posts that tag it.

By the Graph API, with the account's own token. It cannot see private accounts, stories and messages.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import Field

from crawlers.access import ENV_PATTERN
from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import asking
from crawlers.reading.services.graph import VERSION, check_graph, graph_wait
from crawlers.sources.instagram import answers
from ouidire.page import Request


class InstagramParams(Params):
    """One list of one professional account."""

    account_id: str = Field(
        pattern=r"^\d{5,20}$", description="The account's number in the Graph API, not its user name."
    )
    read: Literal["comments", "tags"] = Field(
        default="comments", description="`comments` on its own media, or `tags`: posts of others that tag it."
    )
    posts: int = Field(
        default=100, ge=1, le=5_000, description="How many of the latest media are read for comments."
    )
    token_env: str = Field(
        default="INSTAGRAM_TOKEN",
        pattern=ENV_PATTERN,
        description="Environment variable with the token of the account's page (or NAME_FILE).",
    )
    version: str = Field(default="v24.0", pattern=VERSION, description="The version of the Graph API.")
    base_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+$",
        description="Where the API is served instead of Meta, for tests.",
    )


def entity(params: InstagramParams) -> str:
    """Return the account's number and what of it is read, like `178414/comments`."""
    return f"{params.account_id}/{params.read}"


def requests(params: InstagramParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the request for the list; old media get new comments too, so that `since` changes nothing."""
    del since
    context = asking(
        entity(params),
        account=params.account_id,
        version=params.version,
        token=params.token_env,
        base=params.base_url,
        posts=str(params.posts),
    )
    yield answers.list_request(params.read, context)


SOURCE = Source(
    slug="instagram",
    about=FactSheet(
        title="Your own Instagram account",
        site="instagram.com",
        kind="social",
        access="api",
        official_api="https://developers.facebook.com/docs/instagram-platform/ (professional accounts, after "
        "app review)",
        terms_url="https://developers.facebook.com/terms/",
        needs_key=True,
        languages=("all",),
        limits="Comments on your latest media and posts that tag you; a quota by the account's use.",
        legal_note="The official way for owners, after Meta's app review. Accounts of others are never read. "
        "What people write is their personal data (GDPR): names are kept as keyed hashes. Meta asks that "
        "what is deleted there be deleted here: a full run marks what is gone as withdrawn, and `ouidire "
        "erase` removes it.",
    ),
    params=InstagramParams,
    entity=entity,
    requests=requests,
    layouts=(
        Layout(
            "tags",
            since="2020",
            marks="JSON: data[] of /tags",
            knows=answers.knows_tags,
            parse=answers.parse_tags,
        ),
        Layout(
            "comments",
            since="2018",
            marks="JSON: data[].comments of /media",
            knows=answers.knows_comments,
            parse=answers.parse_comments,
        ),
    ),
    check=check_graph,
    reads_errors=True,
    wait=graph_wait,
    fields=("text", "published", "author"),
)
