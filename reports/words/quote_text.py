"""Quotations in words: between their marks, with who is quoted as far as may be known."""

from reports.data.sections import Quote
from reports.words.language import Localizer

_FULL = 5


def quoted(text: str, localizer: Localizer) -> str:
    """Return a text between the language's quotation marks."""
    return localizer.plain("format.quote_open") + text + localizer.plain("format.quote_close")


def attribution(quote: Quote, localizer: Localizer, *, site: str) -> list[str]:
    """Return who is quoted: stars or score, the name of the site, place and day, as far as they are known."""
    day = localizer.day(quote.at)
    score = "" if quote.score is None else localizer.say("quotes.score", score=localizer.number(quote.score))
    parts = (
        stars(quote.stars),
        score,
        site,
        quote.place or "",
        localizer.say("quotes.about", day=day) if quote.approximate else day,
    )
    return [part for part in parts if part]


def stars(given: float | None) -> str:
    """Return a rating (0–5) as stars; nothing where there is none."""
    return "" if given is None else "★" * round(given) + "☆" * (_FULL - round(given))
