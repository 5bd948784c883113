"""Answering a review on Google, in the name of the place (`updateReply` of the reviews' API, version 4).

It needs the account, which is part of a review's name there and stands in no mention. Google's call replaces
a reply that is there: the sender looks first.
"""

from typing import Protocol
from urllib.parse import quote

from crawlers.replies import PlatformAnswer, ReplyCall, ReplyWay
from crawlers.sources.google_business.asked import REVIEWS_HOST

LONGEST = 4096
"""Bytes of a comment that Google takes."""


class GoogleReplyParams(Protocol):
    """The account of the places, and where its API is served."""

    @property
    def account(self) -> str | None:
        """The account."""

    @property
    def base_url(self) -> str | None:
        """Where the API is served in the place of Google."""


def _name(params: GoogleReplyParams, native_id: str) -> str:
    location, _, own_id = native_id.rpartition("/")
    path = f"/v4/{params.account}/{quote(location)}/reviews/{quote(own_id, safe='')}"
    return f"{params.base_url or REVIEWS_HOST}{path}"


def _look(params: GoogleReplyParams, native_id: str) -> ReplyCall:
    return ReplyCall(method="GET", url=_name(params, native_id))


def _shown(answer: PlatformAnswer) -> str | None:
    if not {"reviewId", "name"} & set(answer):
        return None
    reply = answer.get("reviewReply")
    return str(reply.get("comment") or "") if isinstance(reply, dict) else ""


def _give(params: GoogleReplyParams, native_id: str, text: str) -> ReplyCall:
    return ReplyCall(method="PUT", url=f"{_name(params, native_id)}/reply", body={"comment": text})


def _taken(answer: PlatformAnswer | None) -> bool:
    return answer is not None and isinstance(answer.get("comment"), str)


def _lacks(params: GoogleReplyParams) -> str | None:
    return None if params.account else "params.account, since a review's address begins with its account"


REPLIES: ReplyWay[GoogleReplyParams] = ReplyWay(
    service="Google",
    longest=LONGEST,
    counted="bytes",
    look=_look,
    shown=_shown,
    give=_give,
    taken=_taken,
    lacks=_lacks,
)
