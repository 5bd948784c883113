"""Answering a review on the App Store, as the app's developer (`customerReviewResponses`).

Apple's call replaces a response that is there: the sender looks first. Apple shows a response some hours
after it took it.
"""

from typing import Protocol
from urllib.parse import quote

from crawlers.replies import PlatformAnswer, ReplyCall, ReplyWay
from crawlers.sources.appstore_connect.reviews import BASE, TYPE

LONGEST = 5970
"""Characters of a response that App Store Connect takes."""
RESPONSE = "customerReviewResponses"


class AppStoreReplyParams(Protocol):
    """Where the API is served."""

    @property
    def base_url(self) -> str | None:
        """Where the API is served in the place of Apple."""


def _look(params: AppStoreReplyParams, native_id: str) -> ReplyCall:
    path = f"/v1/customerReviews/{quote(native_id, safe='')}?include=response"
    return ReplyCall(method="GET", url=f"{params.base_url or BASE}{path}")


def _shown(answer: PlatformAnswer) -> str | None:
    data = answer.get("data")
    if not isinstance(data, dict) or data.get("type") != TYPE:
        return None
    held = answer.get("included")
    for each in held if isinstance(held, list) else []:
        said = each.get("attributes") if isinstance(each, dict) and each.get("type") == RESPONSE else None
        if isinstance(said, dict):
            return str(said.get("responseBody") or "")
    return ""


def _give(params: AppStoreReplyParams, native_id: str, text: str) -> ReplyCall:
    review = {"data": {"type": TYPE, "id": native_id}}
    data = {"type": RESPONSE, "attributes": {"responseBody": text}, "relationships": {"review": review}}
    return ReplyCall(method="POST", url=f"{params.base_url or BASE}/v1/{RESPONSE}", body={"data": data})


def _taken(answer: PlatformAnswer | None) -> bool:
    data = (answer or {}).get("data")
    return isinstance(data, dict) and data.get("type") == RESPONSE


REPLIES: ReplyWay[AppStoreReplyParams] = ReplyWay(
    service="App Store", longest=LONGEST, look=_look, shown=_shown, give=_give, taken=_taken
)
