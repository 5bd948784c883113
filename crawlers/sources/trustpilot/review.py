"""One review of a Trustpilot page's own data or of its API, under every name its fields have had since 2021.

Pure; it cannot see the page.
"""

from datetime import datetime
from typing import Any

from crawlers.reading.extract import clean, count, decimal, one_line, stated_date
from ouidire.clock import StatedDate
from ouidire.items import Rejected, RejectReason
from ouidire.mention import Extra, Mention, Rating, Reply

ADDRESS = "https://www.trustpilot.com/reviews/"


def dig(value: Any, *path: str) -> Any:  # noqa: ANN401 (a raw payload)
    """Return what lies under a path of keys, or None where the path ends early."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def read_review(
    raw: Any,  # noqa: ANN401 (a raw payload)
    *,
    entity: str,
    subject: str | None,
    fetched_at: datetime,
    where: str,
    rejected: list[Rejected],
) -> Mention | None:
    """Return one review, or None for what is none; what cannot be read of it is added to `rejected`."""
    native_id = one_line(dig(raw, "id"), limit=100)
    if native_id is None:
        rejected.append(Rejected(reason="unreadable", where=where, detail="no id"))
        return None
    stars = decimal(_any(raw, ("rating",), ("stars",)))
    if stars is None or not 1 <= stars <= 5:  # noqa: PLR2004 (the scale)
        rejected.append(Rejected(reason="bad_rating", where=where, detail=str(dig(raw, "rating"))[:80]))
        stars = None
    title, text = _verbatim(dig(raw, "title")) or None, _verbatim(dig(raw, "text"))
    if stars is None and not text and title is None:
        return None

    def date(reason: RejectReason, *paths: tuple[str, ...], day: bool = False) -> StatedDate | None:
        value = _any(raw, *paths)
        stated = (
            value[:10] if day and isinstance(value, str) else value
        )  # a day, written as midnight of some timezone
        found = stated_date(stated, fetched_at=fetched_at)
        if found is None and value not in (None, ""):
            rejected.append(
                Rejected(reason=reason, where=where, detail=f"{'.'.join(paths[0])}: {value}"[:120])
            )
        return found

    return Mention(
        entity=entity,
        native_id=native_id,
        url=ADDRESS + native_id,
        title=title,
        text=text,
        language=one_line(dig(raw, "language"), limit=10),
        author=_verbatim(_any(raw, ("consumer", "displayName"), ("consumer", "name"), ("consumerName",)))
        or None,
        country=one_line(
            _any(raw, ("consumer", "countryCode"), ("consumer", "country"), ("countryCode",)), limit=10
        ),
        place=one_line(_any(raw, ("location", "name"), ("location", "displayName"))),
        subject=subject,
        published=date("bad_date", ("dates", "publishedDate"), ("publishedDate",), ("createdAt",)),
        experienced=date(
            "bad_date", ("dates", "experiencedDate"), ("experiencedDate",), ("experiencedAt",), day=True
        ),
        updated=date("bad_date", ("dates", "updatedDate"), ("updatedDate",), ("updatedAt",)),
        rating=Rating(value=stars) if stars is not None else None,
        verified=_verified(raw),
        likes=count(_any(raw, ("likes",), ("numberOfLikes",))),
        reply=_reply(_any(raw, ("reply",), ("companyReply",)), fetched_at),
        extra=_extra(raw),
    )


def _any(value: Any, *paths: tuple[str, ...]) -> Any:  # noqa: ANN401
    return next((found for path in paths if (found := dig(value, *path)) is not None), None)


def _verbatim(value: Any) -> str:  # noqa: ANN401
    return clean(value) if isinstance(value, str) else ""


def _verified(raw: Any) -> bool | None:  # noqa: ANN401
    value = _any(raw, ("labels", "verification", "isVerified"), ("isVerified",))
    return value if isinstance(value, bool) else None


def _reply(raw: Any, fetched_at: datetime) -> Reply | None:  # noqa: ANN401
    text = _verbatim(_any(raw, ("message",), ("text",)))
    return (
        Reply(
            text=text,
            published=stated_date(_any(raw, ("publishedDate",), ("createdAt",)), fetched_at=fetched_at),
        )
        if text
        else None
    )


def _extra(raw: Any) -> dict[str, Extra]:  # noqa: ANN401
    """Return how the review came to the site; the author's id there is personal data and is not kept."""
    verification = dig(raw, "labels", "verification")
    texts = {
        "source": _any(raw, ("source",), ("labels", "verification", "reviewSourceName")),
        "verification": _any(
            raw, ("labels", "verification", "verificationLevel"), ("reviewVerificationLevel",)
        ),
        "verification_source": dig(verification, "verificationSource"),
    }
    counts = {
        "author_reviews": dig(raw, "consumer", "numberOfReviews"),
        "author_reviews_here": dig(raw, "consumersReviewCountOnSameDomain"),
    }
    extra: dict[str, Extra] = {
        name: text for name, value in texts.items() if (text := one_line(value, limit=60))
    }
    extra |= {name: number for name, value in counts.items() if (number := count(value)) is not None}
    if _any(raw, ("isPending",), ("pending",)) is True:
        extra["pending"] = "yes"
    return extra
