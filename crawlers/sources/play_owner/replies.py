"""Answering a review on Google Play, as the app's developer (`reviews.reply`).

Google's call replaces a reply that is there: the sender looks first.
"""

from typing import Protocol
from urllib.parse import quote

from crawlers.replies import PlatformAnswer, ReplyCall, ReplyWay
from crawlers.sources.play_owner.reviews import BASE

LONGEST = 350
"""Characters of a reply that Google Play takes."""


class PlayReplyParams(Protocol):
    """The app, and where the API is served."""

    @property
    def package(self) -> str:
        """The package name."""

    @property
    def base_url(self) -> str | None:
        """Where the API is served in the place of Google."""


def _address(params: PlayReplyParams, native_id: str) -> str:
    path = f"/androidpublisher/v3/applications/{params.package}/reviews/{quote(native_id, safe=':')}"
    return f"{params.base_url or BASE}{path}"


def _look(params: PlayReplyParams, native_id: str) -> ReplyCall:
    return ReplyCall(method="GET", url=_address(params, native_id))


def _shown(answer: PlatformAnswer) -> str | None:
    comments = answer.get("comments")
    if "reviewId" not in answer or not isinstance(comments, list):
        return None
    held = [
        each["developerComment"] for each in comments if isinstance(each, dict) and "developerComment" in each
    ]
    return next((str(each.get("text") or "") for each in held if isinstance(each, dict)), "")


def _give(params: PlayReplyParams, native_id: str, text: str) -> ReplyCall:
    return ReplyCall(method="POST", url=f"{_address(params, native_id)}:reply", body={"replyText": text})


def _taken(answer: PlatformAnswer | None) -> bool:
    result = (answer or {}).get("result")
    return isinstance(result, dict) and isinstance(result.get("replyText"), str)


REPLIES: ReplyWay[PlayReplyParams] = ReplyWay(
    service="Google Play", longest=LONGEST, look=_look, shown=_shown, give=_give, taken=_taken
)
