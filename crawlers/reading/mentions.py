"""The mentions of one page as they are read: only those that name what is asked for, each once.

What is left out is kept with its reason. It cannot tell a brand from the common noun that it is: the
configuration's `near` and `not_near` do, when mentions are indexed.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from crawlers.reading.extract import one_line, stated_date
from crawlers.upkeep import asked_again, completed
from ouidire.clock import StatedDate
from ouidire.items import Parsed, Rejected, RejectReason
from ouidire.mention import Mention, RatingSummary
from ouidire.page import Page, Request
from ouidire.text.names import is_named

NAMES_HELP: Final = "Keep only what has one of these names in its own words."
"""The description of a source's parameter `must_name`."""
DAYS_HELP: Final = "How many days back the first run looks."
"""The description of a source's parameter `days`."""
MANY: Final = 10
_NO_LOSS: Final = frozenset({"advertisement", "duplicate_in_page", "not_public", "no_words"})


def asking(
    entity: str,
    *,
    names: Sequence[str] = (),
    since: datetime | None = None,
    days: int | None = None,
    **more: str | None,
) -> dict[str, str]:
    """Return the context of a request: whose mentions are asked for, by which names, published since when.

    `days` is how far back, from the moment of fetching, a run looks that is not told a moment. What is empty
    is left out.
    """
    asked = {
        "entity": entity,
        "must_name": json.dumps(list(names), ensure_ascii=False) if names else "",
        "since": since.isoformat() if since else "",
        "days": str(days) if days and not since else "",
        **more,
    }
    return {name: value for name, value in asked.items() if value}


def query_name(query: str) -> str:
    """Return a query as an entity: small letters, one kind of blank, without quotation marks at its ends."""
    return " ".join(query.casefold().split()).strip('"«» ') or "*"


def asked_names(page: Page) -> list[str]:
    """Return the names of which a page's mentions must have one; none asks for all."""
    try:
        names = json.loads(page.context.get("must_name") or "[]")
    except ValueError:
        return []
    return [str(name) for name in names] if isinstance(names, list) else []


def named(names: Sequence[str], *texts: str | None) -> bool:
    """Return whether a text has one of the names (`ouidire.text.names`); true without names."""
    return not names or is_named(" \n ".join(text for text in texts if text), names)


def asked_since(page: Page) -> datetime | None:
    """Return the moment from which on a page's mentions are asked for; None for all of them."""
    since, days = page.context.get("since"), page.context.get("days", "")
    if since:
        return datetime.fromisoformat(since)
    return page.fetched_at - timedelta(days=int(days)) if re.fullmatch(r"\d{1,4}", days) else None


class ReadMentions:
    """Takes the mentions of one page in the page's order."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._names = asked_names(page)
        self._mentions: dict[str, Mention] = {}
        self._rejected: list[Rejected] = []
        self._moments: list[datetime] = []
        self._again = asked_again(page)
        self._answered: set[str] = set()

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The mentions kept so far."""
        return tuple(self._mentions.values())

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """What was left out so far, but for what names nobody that is asked for."""
        return tuple(self._rejected)

    def asks_for(self, *texts: str | None) -> bool:
        """Return whether texts have one of the names asked for."""
        return named(self._names, *texts)

    def reject(self, reason: RejectReason, where: str, detail: object = "") -> None:
        """Note what could not be read, or is no mention."""
        each = Rejected(reason=reason, where=where, detail=one_line(detail, limit=300) or "")
        self._rejected.append(each)
        if reason == "not_public":
            self._answered.add(each.detail)

    def date(self, value: object, where: str | None, *, timezone: tzinfo = UTC) -> StatedDate | None:
        """Return the date that a value states; one that cannot be right is noted where a place is given."""
        stated = stated_date(
            value, fetched_at=self._page.fetched_at, timezone=timezone, other_languages=False
        )
        if stated is None and where is not None and value not in (None, "", 0):
            self.reject("bad_date", where, value)
        return stated

    def keep(self, mention: Mention, where: str) -> None:
        """Take a mention that has words, or a rating, and names what is asked for; note any other.

        A mention without an id of its site cannot be kept. Of several with one id the first is. One that was
        asked for again is taken as it is now, whomever it names.
        """
        known = self._again.get(mention.native_id or "")
        if known is not None:
            self._answered.add(known.native_id)
            mention = completed(mention, known)
        if not (mention.text or mention.title or mention.rating):
            self.reject("no_text", where)
        elif mention.native_id is None:
            self.reject("unreadable", where, "no id")
        elif mention.native_id in self._mentions:
            self.reject("duplicate_in_page", where, mention.native_id)
        else:
            self.look_at(mention)
            if self.asks_for(mention.title, mention.text):
                self._mentions[mention.native_id] = mention

    def _note_missing(self) -> None:
        """Note what was asked for again and is not there: it was deleted.

        An answer without any of many is not believed: it is more likely that the service has failed.
        """
        missing = [name for name in self._again if name not in self._answered]
        if len(missing) == len(self._again) >= MANY:
            self.reject("incomplete", f"none of {len(missing)} known mentions that were asked for again")
            return
        for name in missing:
            self.reject("not_public", "a known mention that was asked for again", name)

    def look_at(self, mention: Mention) -> None:
        """Count a mention's date in whether the page is past, whether or not it is kept."""
        self._moments += [mention.published.at] if mention.published else []

    @property
    def is_past(self) -> bool:
        """Whether all that is dated was published before the moment from which mentions are asked for."""
        moment = asked_since(self._page)
        return bool(moment and self._moments and max(self._moments) < moment)

    @property
    def oldest(self) -> datetime | None:
        """The earliest date of publication of the page, whether or not it names what is asked for."""
        return min(self._moments, default=None)

    def parsed(
        self,
        *,
        follow: Sequence[Request] = (),
        summary: RatingSummary | None = None,
        declared_total: int | None = None,
        last_page: bool | None = None,
        nothing: bool = True,
    ) -> Parsed:
        """Return what was read of the page.

        It is said to be empty where nothing was kept and nothing could not be read; `nothing` is false where
        the page does not say that there is nothing.
        """
        self._note_missing()
        lost = any(each.reason not in _NO_LOSS for each in self._rejected)
        items = (*([summary] if summary else []), *self._mentions.values())
        return Parsed(
            items=items,
            follow=tuple(follow),
            rejected=tuple(self._rejected),
            declared_total=declared_total,
            says_empty=nothing and not self._mentions and not lost,
            last_page=last_page,
        )
