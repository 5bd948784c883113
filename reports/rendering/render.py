"""From a context to a message: MJML and text templates, filled in a sandbox (`reports.rendering.templating`), with one picture.

It cannot see how a mail program will draw the page: tables, inline styles and one style sheet are what all of
them share.
"""

from typing import Any

from reports.data.context import BrandShare, DigestContext, PlaceRow, SiteRow
from reports.data.message import Message, Picture
from reports.data.roles import BRIEF, SECTIONS
from reports.data.search_pages import ResultRow
from reports.data.sections import Quote
from reports.rendering import charts
from reports.rendering.templating import Templates
from reports.typography import breakable, one_line, shortened
from reports.words.cards import card_rows
from reports.words.coverage_text import Notes
from reports.words.driver_text import Telling
from reports.words.language import Speech
from reports.words.verdict_text import Phrases

SUBJECT = 160
_FULL = 5


def render(context: DigestContext, language: str, *, templates: Templates | None = None) -> Message:
    """Word a context in a language: subject, text, HTML and pictures.

    Raises:
        UsageError: no digest is written in that language.
        ConfigError: a template of the installation's own cannot be filled.
    """
    speech = Speech(language, period=context.period.kind, timezone=context.period.timezone)
    pictures = charts.pictures(context, speech)
    values = _values(context, speech, pictures)
    chosen = templates or Templates()
    return Message(
        subject=subject(context, speech),
        text=chosen.text("digest.txt.j2", values),
        html=chosen.html("digest.mjml.j2", values),
        language=language,
        pictures=pictures,
    )


def subject(context: DigestContext, speech: Speech) -> str:
    """Word the subject: brand, days, verdict, cut to one line that a mail program can show."""
    phrases = Phrases(context, speech)
    line = speech.say(
        "mail.subject", brand=phrases.scope(), span=speech.span(context.period), verdict=phrases.verdict()
    )
    return shortened(one_line(line), SUBJECT)


def _values(context: DigestContext, speech: Speech, pictures: tuple[Picture, ...]) -> dict[str, Any]:
    phrases = Phrases(context, speech)
    brief = is_brief(context)
    telling = Telling(phrases, brief=brief)
    voices = sum(voice.n for voice in context.talk.voices)
    moment = context.experience.memory.moment if context.experience.memory else None
    quotes = (*((moment,) if moment else ()), *context.quotes)
    kinds = ("best", "worst") if brief else ("peak", "best", "worst", "typical")
    return {
        "c": context,
        "p": phrases,
        "w": Notes(phrases),
        "language": speech.language,
        "span": speech.span(context.period),
        "t": telling,
        "sections": [each for each in SECTIONS[context.role] if not (brief and each in BRIEF)],
        "brief": brief,
        "themed": context.role != "executive" and not brief,
        "kicker": speech.say("mail.kicker" if context.role == "brand" else f"mail.kicker_{context.role}"),
        "title": speech.say("mail.title", brand=phrases.scope(), span=speech.span(context.period)),
        "number": speech.number,
        "pictures": dict(zip(("light", "dark"), pictures, strict=False)),
        "picture_words": charts.words(context, speech) if sum(week.n for week in context.history) else [],
        "marked": any(week.broken for week in context.history),
        "moves": phrases.moves(),
        "details": _details(phrases, telling),
        "card_rows": card_rows(context, phrases),
        "quotes_by_kind": [
            (kind, found)
            for kind in kinds
            if (found := [each for each in quotes if each.kind == kind][: 1 if brief else None])
        ],
        "quoted": lambda quote: (
            speech.plain("format.quote_open") + breakable(quote.text) + speech.plain("format.quote_close")
        ),
        "attribution": lambda quote: _attribution(quote, phrases),
        "voice_worth": lambda voice: _worth(voice, phrases),
        "voice_shares": {
            voice.brand.slug: round(100 * voice.n / voices) if voices else 0 for voice in context.talk.voices
        },
        "voices_note": _voices_note(context, phrases),
        "site_rows": [(phrases.site(row.site), _site(row, phrases)) for row in context.talk.sites],
        "place_rows": [(row.place, _place(row, phrases)) for row in context.places],
        "shown_rows": _shown_rows(context, brief=brief),
        "page_lists": _page_lists(context, phrases, brief=brief),
        "result_line": lambda row: _result(row, phrases),
        "notes": _notes(context, speech, brief=brief),
    }


def is_brief(context: DigestContext) -> bool:
    """Whether the mail is short: a week of which nothing is notable, for those who read everything or the essentials."""
    return (
        context.verdict.kind == "quiet"
        and context.period.kind == "week"
        and context.role in ("brand", "executive")
    )


def _details(phrases: Phrases, telling: Telling) -> list[str]:
    """The sentences under the verdict; where something moved, what weighs most comes first."""
    first = telling.first_driver() if phrases.context.verdict.kind == "moved" else ""
    return [line for line in (first, *phrases.verdict_details()) if line]


def _worth(voice: BrandShare, phrases: Phrases) -> str:
    figure = voice.nps or voice.net_sentiment
    return phrases.worth(figure) if figure is not None else ""


def _voices_note(context: DigestContext, phrases: Phrases) -> str:
    """Say where the brands were compared, and where their NPS comes from when nobody was asked."""
    sites = phrases.speech.together([phrases.site(host) for host in context.talk.shared_sites])
    told = phrases.say("where.voices_on", sources=sites)
    basis = next((voice.nps.basis for voice in context.talk.voices if voice.nps is not None), "asked")
    return (
        told
        if basis == "asked"
        else f"{told} {phrases.say('where.voice_means', measure=phrases.say(f'measure.nps_{basis}'))}"
    )


def _attribution(quote: Quote, phrases: Phrases) -> list[str]:
    speech = phrases.speech
    day = speech.day(quote.at)
    return [
        part
        for part in (
            f"{'★' * round(quote.stars)}{'☆' * (_FULL - round(quote.stars))}"
            if quote.stars is not None
            else "",
            speech.say("quotes.score", score=speech.number(quote.score)) if quote.score is not None else "",
            phrases.site(quote.site),
            quote.place or "",
            speech.say("quotes.about", day=day) if quote.approximate else day,
        )
        if part
    ]


def _site(row: SiteRow, phrases: Phrases) -> str:
    counted = phrases.say("where.mentions", n=row.n)
    if row.stars is None:
        return counted
    return f"{counted} · {phrases.say('where.stars', stars=phrases.speech.number(row.stars, digits=1), rated=row.rated)}"


def _place(row: PlaceRow, phrases: Phrases) -> str:
    for name, figure in (("nps", row.nps), ("net", row.net_sentiment)):
        if figure is not None and phrases.tells(figure):
            return phrases.say(
                f"where.place_{name}", value=phrases.value(figure), interval=phrases.behind(figure)
            )
    return phrases.say("where.mentions", n=row.n)


def _shown_rows(context: DigestContext, *, brief: bool) -> tuple[ResultRow, ...]:
    """The results of the page shown in full; none of a page on which nothing moved, in a short mail."""
    convince = context.convince
    if convince is None or convince.main is None or (brief and not convince.moves and not convince.ratings):
        return ()
    return convince.main.rows


def _page_lists(context: DigestContext, phrases: Phrases, *, brief: bool) -> list[tuple[str, list[str]]]:
    convince = context.convince
    if convince is None:
        return []
    main = convince.main
    lists = (
        ("ratings", [phrases.rating_move(move) for move in convince.ratings]),
        ("questions", list(main.questions) if main and not brief else []),
        ("others", [phrases.other_page(page) for page in convince.others]),
        ("categories", [phrases.other_page(page) for page in convince.categories]),
    )
    return [(phrases.say(f"page.{name}"), lines) for name, lines in lists if lines]


def _result(row: ResultRow, phrases: Phrases) -> str:
    parts = [phrases.whose(row), phrases.ownership(row), phrases.rating(row)]
    parts += [phrases.say("stance.hostile")] if phrases.stance(row) == "bad" else []
    parts += [phrases.say("page.entrant")] if row.entrant else [phrases.was(row)]
    return f"{row.title} ({', '.join(part for part in parts if part)})"


def _notes(context: DigestContext, speech: Speech, *, brief: bool) -> list[str]:
    names = ["brief"] if brief else []
    names += ["interval", "change"]
    names += ["delight"] if context.delight else []
    names += ["nps"] if context.engage.nps else []
    names += ["net"] if context.engage.net_sentiment else []
    names += ["voice"] if context.talk.share else []
    names += ["first_page"] if context.convince else []
    names += ["effort"] if context.experience.effort and not brief else []
    names += ["drivers"] if context.experience.driven else []
    names += ["masked"] if any("[…]" in quote.text for quote in context.quotes) else []
    lines = [speech.say(f"foot.{name}") for name in names]
    lines.append(speech.say("foot.sent", moment=speech.moment(context.now)))
    return (
        [*lines, speech.say("foot.next", moment=speech.moment(context.next_at))] if context.next_at else lines
    )
