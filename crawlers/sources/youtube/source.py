"""youtube: comments below videos that a search finds, below named videos, or on all videos of a channel.

It cannot see what is said in a video, answers to comments older than the last run, and removed comments.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Self

from pydantic import Field, model_validator

from crawlers.access import Budget
from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import DAYS_HELP, NAMES_HELP, asking, query_name
from crawlers.reading.services.minimised import dropping
from crawlers.sources.youtube import comments, errors, videos
from crawlers.sources.youtube.calls import BASE, call
from crawlers.upkeep import AGAIN, KnownMention, Upkeep, asking_again
from ouidire.batches import batched
from ouidire.mention import OWN_PAGE
from ouidire.page import Request


class YoutubeParams(Params):
    """One search, or videos, or one channel: one of the three."""

    query: str | None = Field(
        default=None, min_length=1, description="A search for videos: 100 searches a day are allowed."
    )
    videos: tuple[str, ...] = Field(default=(), description="Ids of videos, as in their addresses.")
    channel: str | None = Field(
        default=None,
        pattern=r"^UC[A-Za-z0-9_-]{22}$",
        description="The id of the brand's own channel: all comments on it concern the brand.",
    )
    key_env: str = Field(
        pattern=r"^[A-Z][A-Z0-9_]*$",
        description="Environment variable that holds the API key (or, as NAME_FILE, its file).",
    )
    must_name: tuple[str, ...] = Field(default=(), description=NAMES_HELP)
    region: str = Field(default="FR", pattern=r"^[A-Z]{2}$", description="The country searched from.")
    language: str = Field(default="fr", pattern=r"^[a-z]{2}$", description="The language searched in.")
    pages: int = Field(default=1, ge=1, le=5, description="Pages of 50 videos that a search reads.")
    days: int = Field(default=90, ge=1, le=3650, description=DAYS_HELP)
    base_url: str = Field(default=BASE, pattern=r"^https?://[^/]+$", description="Where the API answers.")

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if sum((self.query is not None, bool(self.videos), self.channel is not None)) != 1:
            message = "give one of query, videos and channel"
            raise ValueError(message)
        if any(not each.replace("-", "").replace("_", "").isalnum() for each in self.videos):
            message = "videos are ids like dQw4w9WgXcQ, the part of the address after v="
            raise ValueError(message)
        return self


def entity(params: YoutubeParams) -> str:
    """Return the query, the channel, or the videos."""
    if params.query is not None:
        return query_name(params.query)
    return params.channel or "+".join(sorted(params.videos))


def requests(params: YoutubeParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the search, or the first page of each video's or the channel's comments, newest first."""
    context = asking(
        entity(params), names=params.must_name, since=since, days=params.days, key_env=params.key_env
    )
    if params.query is not None:
        asked = {
            "part": "snippet",
            "type": "video",
            "q": params.query,
            "order": "date",
            "maxResults": "50",
            "regionCode": params.region,
            "relevanceLanguage": params.language,
        }
        counted = context | {"pages_left": str(params.pages - 1)}
        yield call(params.base_url, "search", asked, kind="videos", context=counted)
    elif params.channel is not None:
        asked = videos.COMMENTS | {"allThreadsRelatedToChannelId": params.channel}
        yield call(
            params.base_url,
            "commentThreads",
            asked,
            kind="threads",
            context=context | {"named": "yes", OWN_PAGE: "yes"},
        )
    for video in params.videos:
        yield videos.comments_of(params.base_url, video, context | {"named": "yes"})


def again(params: YoutubeParams, known: Sequence[KnownMention]) -> Iterator[Request]:
    """Yield the calls for known comments, fifty at a time."""
    for listed in batched(known, 50):
        asked = {
            "part": "snippet",
            "id": ",".join(each.native_id for each in listed),
            "maxResults": "50",
            "textFormat": "plainText",
        }
        context = {**asking_again(entity(params), listed), "key_env": params.key_env}
        yield call(params.base_url, "comments", asked, kind=AGAIN, context=context)


def budgets(params: YoutubeParams) -> tuple[Budget, ...]:
    """Return what the key may spend from one midnight in California to the next."""
    zone = "America/Los_Angeles"
    return (
        Budget(key=params.key_env, what="searches", limit=100, zone=zone, costs={"videos": 1}),
        Budget(
            key=params.key_env,
            what="units",
            limit=10_000,
            zone=zone,
            costs={"threads": 1, "replies": 1, AGAIN: 1},
        ),
    )


LAYOUTS = (
    Layout(
        "threads",
        since="2014",
        marks=f"JSON: {comments.THREADS}",
        knows=comments.knows_threads,
        parse=comments.parse_threads,
    ),
    Layout(
        "replies",
        since="2014",
        marks=f"JSON: {comments.REPLIES}",
        knows=comments.knows_replies,
        parse=comments.parse_replies,
    ),
    Layout("videos", since="2014", marks=f"JSON: {videos.SEARCH}", knows=videos.knows, parse=videos.parse),
)

SOURCE = Source(
    slug="youtube",
    about=FactSheet(
        title="YouTube comments",
        site="youtube.com",
        kind="social",
        access="api",
        official_api="https://developers.google.com/youtube/v3",
        terms_url="https://developers.google.com/youtube/terms/api-services-terms-of-service",
        needs_key=True,
        languages=("all",),
        limits="100 searches a day, and 10,000 units for the rest (a page of comments costs 1), until "
        "midnight in California. Comments of a channel need no search.",
        legal_note="The API's policies want data that is older than 30 days to be refreshed or deleted: "
        "known comments are asked for again every two weeks, and what could not be for 30 days is removed. "
        "Comments are their authors' personal data (GDPR): names are kept as keyed "
        "hashes, pictures not at all.",
    ),
    params=YoutubeParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    check=errors.check,
    reads_errors=True,
    minimised=dropping("authorProfileImageUrl"),
    budgets=budgets,
    enumerates=False,
    upkeep=Upkeep(
        every=timedelta(days=14),
        within=timedelta(days=25),
        kept=timedelta(days=30),
        most=5_000,
        requests=again,
    ),
    erases=True,
    fields=("text", "published", "author", "url"),
)
