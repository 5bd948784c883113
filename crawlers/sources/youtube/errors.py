"""Errors of the YouTube Data API, which all have one form and a reason in one word.

It cannot see how much of a quota is left: the API does not tell.
"""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crawlers.reading.json_answer import JsonObject, check_status, known_object, mapping, name_of, objects
from crawlers.reading.refusals import check_refused
from ouidire.errors import Blocked, RateLimited, SourceError, SourceGone
from ouidire.page import Page

PACIFIC: Final = ZoneInfo("America/Los_Angeles")
"""Where midnight begins a new day of quota."""
QUOTA: Final = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
PACE: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
NOTHING: Final = frozenset({"commentsDisabled", "videoNotFound", "commentNotFound", "channelNotFound"})
"""Of one video or comment: that it has no comments to be read is no failure."""
KEY: Final = frozenset(
    {"keyInvalid", "keyExpired", "accessNotConfigured", "API_KEY_INVALID", "SERVICE_DISABLED", "authError",
     "API_KEY_SERVICE_BLOCKED", "ipRefererBlocked", "required", "UNAUTHENTICATED"}
)  # fmt: skip
OK: Final = 200


def check(page: Page) -> None:
    """Raise for an error of the API; comments that are switched off, or gone, pass.

    Raises RateLimited (quota, until midnight in California, or pace), Blocked (key), SourceGone (a channel or
    video that the source names) or SourceError.
    """
    answer = known_object(page)
    error = mapping(answer.get("error"))
    reasons = reasons_of(answer)
    if not error:
        if not answer and page.status == OK:
            check_refused(page)
        check_status(page)
        return
    words = name_of(error.get("message"), limit=200) or ", ".join(sorted(reasons)) or "an error"
    if reasons & PACE and not reasons & QUOTA:
        raise RateLimited(f"YouTube: requests come too fast: {words}")
    if reasons & QUOTA or "RESOURCE_EXHAUSTED" in reasons:
        moment = next_day(page.fetched_at)
        raise RateLimited(f"YouTube: the day's quota is used up: {words}", retry_after=moment)
    if reasons & NOTHING:
        if page.context.get("named") == "yes" and "commentsDisabled" not in reasons:
            raise SourceGone(f"YouTube: {words}; correct the source's videos or channel")
        return
    if reasons & KEY or "api key" in words.lower() or page.status == 401:  # noqa: PLR2004 (Unauthorized)
        raise Blocked(f"YouTube refused the key: {words}; check the key that key_env names")
    check_status(page, words, advice="check the key's permissions")
    raise SourceError(f"YouTube: {words}")


def has_nothing(page: Page) -> bool:
    """Return whether an answer says that there are no comments to be read."""
    return bool(reasons_of(known_object(page)) & NOTHING)


def reasons_of(answer: JsonObject) -> frozenset[str]:
    """Return the words that name an error's reason: of its list, its details and its status."""
    error = mapping(answer.get("error"))
    listed = [each.get("reason") for key in ("errors", "details") for each in objects(error.get(key))]
    return frozenset(str(each) for each in (*listed, error.get("status")) if each)


def next_day(moment: datetime) -> datetime:
    """Return the next midnight in California, when quotas begin anew."""
    local = moment.astimezone(PACIFIC)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
