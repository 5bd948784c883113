"""Answering a review on Trustpilot, in a business user's name (`POST …/private/reviews/ID/reply`).

Its success has no body that is documented: an empty one counts, and any JSON object.
"""

from typing import Protocol
from urllib.parse import quote

from crawlers.replies import PlatformAnswer, ReplyCall, ReplyWay
from crawlers.sources.trustpilot_api.answers import BASE

LONGEST = 4000
"""Characters: Trustpilot states no limit; longer ones would not be read."""


class TrustpilotReplyParams(Protocol):
    """Who signs a reply, what opens the company's own view, and where the API is served."""

    @property
    def secret_env(self) -> str | None:
        """The variable of the key's secret."""

    @property
    def user_env(self) -> str | None:
        """The variable of a business user's address."""

    @property
    def reply_as(self) -> str | None:
        """The id of the business user who signs."""

    @property
    def base_url(self) -> str | None:
        """Where the API is served in the place of Trustpilot."""


def _address(params: TrustpilotReplyParams, native_id: str) -> str:
    return f"{params.base_url or BASE}/v1/private/reviews/{quote(native_id, safe='')}"


def _look(params: TrustpilotReplyParams, native_id: str) -> ReplyCall:
    return ReplyCall(method="GET", url=_address(params, native_id))


def _shown(answer: PlatformAnswer) -> str | None:
    if "id" not in answer or "stars" not in answer:
        return None
    reply = answer.get("companyReply")
    return str(reply.get("text") or "") if isinstance(reply, dict) else ""


def _give(params: TrustpilotReplyParams, native_id: str, text: str) -> ReplyCall:
    author = {"authorBusinessUserId": params.reply_as} if params.reply_as else {}
    url = f"{_address(params, native_id)}/reply"
    return ReplyCall(method="POST", url=url, body={**author, "message": text})


def _taken(answer: PlatformAnswer | None) -> bool:
    del answer
    return True


def _lacks(params: TrustpilotReplyParams) -> str | None:
    if params.secret_env is None:
        return "params.secret_env: only the company's own view can answer"
    if params.user_env is None and params.reply_as is None:
        return "params.reply_as (a business user's id), or user_env and password_env: somebody signs a reply"
    return None


REPLIES: ReplyWay[TrustpilotReplyParams] = ReplyWay(
    service="Trustpilot", longest=LONGEST, look=_look, shown=_shown, give=_give, taken=_taken, lacks=_lacks
)
