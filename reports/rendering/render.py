"""From a context to a message: MJML and text templates, filled in a sandbox, with one picture.

Its values are what templates see, an installation's own among them (`ouidire report templates`): none may be
renamed. It cannot see how a mail program will draw the page: tables, inline styles and one style sheet are
what all of them share.
"""

from typing import Any

from reports.data.context import BrandShare, DigestContext, PlaceRow, SiteRow
from reports.data.message import Message
from reports.data.roles import BRIEF, SECTIONS
from reports.data.search_pages import ResultRow
from reports.data.sections import Quote, QuoteKind
from reports.rendering import charts
from reports.rendering.templating import Templates
from reports.typography import breakable, one_line, shortened
from reports.words.assistant_text import AssistantText
from reports.words.beside_text import BesideText
from reports.words.cards import card_rows
from reports.words.coverage_text import CoverageText
from reports.words.driver_text import DriverText
from reports.words.language import Localizer
from reports.words.new_theme_text import new_theme_lines
from reports.words.part_text import PartText
from reports.words.past_text import PastText
from reports.words.quote_text import attribution, quoted
from reports.words.verdict_text import VerdictText
from reports.words.view_links import ViewLinks

SUBJECT = 160
"""Characters of a subject that mail programs show."""
_KINDS: tuple[QuoteKind, ...] = ("peak", "best", "worst", "typical")
_BRIEF_KINDS: tuple[QuoteKind, ...] = ("best", "worst")


def render(context: DigestContext, language: str, *, templates: Templates | None = None) -> Message:
    """Return a context as a message in a language: subject, text, HTML and pictures.

    Raises:
        UsageError: nothing is written in that language.
        ConfigError: a template of the installation's own cannot be filled.
    """
    localizer = Localizer(language, period=context.period.kind, timezone=context.period.timezone)
    pictures = charts.pictures(context, localizer)
    values = digest_values(context, localizer, brief=is_quiet(context)) | {
        "pictures": dict(zip(("light", "dark"), pictures, strict=False))
    }
    chosen = templates or Templates()
    return Message(
        subject=subject(context, localizer),
        text=chosen.text("digest.txt.j2", values),
        html=chosen.html("digest.mjml.j2", values),
        language=language,
        pictures=pictures,
    )


def subject(context: DigestContext, localizer: Localizer) -> str:
    """Return the subject: brand, days, verdict, cut to one line that a mail program can show."""
    text = VerdictText(context, localizer)
    span = localizer.span(context.period)
    line = localizer.say("mail.subject", brand=text.scope(), span=span, verdict=text.headline())
    return shortened(one_line(line), SUBJECT)


def is_quiet(context: DigestContext) -> bool:
    """Whether the digest is short: a week of which nothing is notable, for everyone or for executives."""
    return (
        context.verdict.kind == "quiet"
        and context.period.kind == "week"
        and context.role in ("brand", "executive")
        and not context.new_themes
    )


def digest_values(context: DigestContext, localizer: Localizer, *, brief: bool) -> dict[str, Any]:
    """Return what templates see of a digest but for pictures; `brief` keeps one quotation of each side."""
    text = VerdictText(context, localizer)
    drivers = DriverText(text, brief=brief)
    role, history, talk = context.role, context.history, context.talk
    span = localizer.span(context.period)
    return {
        "c": context,
        "p": text,
        "w": CoverageText(text),
        "t": drivers,
        "parts": PartText(text),
        "past_lines": PastText(text).lines(),
        "links": ViewLinks(text),
        "asked": AssistantText(text),
        "beside": BesideText(text).lines(),
        "language": localizer.language,
        "number": localizer.number,
        "span": span,
        "kicker": localizer.say("mail.kicker" if role == "brand" else f"mail.kicker_{role}"),
        "title": localizer.say("mail.title", brand=text.scope(), span=span),
        "sections": [each for each in SECTIONS[role] if not (brief and each in BRIEF)],
        "brief": brief,
        "themed": role != "executive" and not brief,
        "picture_words": charts.words(context, localizer) if sum(each.n for each in history) else [],
        "marked": any(each.broken for each in history),
        "completed": any(each.completed for each in history),
        "moves": text.moves(),
        "new_themes": new_theme_lines(text, most=1 if brief else 3),
        "details": _details(text, drivers),
        "card_rows": card_rows(context, text),
        "quotes_by_kind": _quotes_by_kind(context, brief=brief),
        "quoted": lambda quote: quoted(breakable(quote.text), localizer),
        "attribution": lambda quote: attribution(quote, localizer, site=text.site(quote.site)),
        "voice_worth": lambda share: _stars(share, text),
        "voice_shares": _percent_of_mentions(talk.voices),
        "voices_note": _voices_note(context, text),
        "site_rows": [(text.site(row.site), _site_line(row, text)) for row in talk.sites],
        "place_rows": [(row.place, _place_line(row, text)) for row in context.places],
        "shown_rows": _shown_rows(context, brief=brief),
        "page_lists": _page_lists(context, text, brief=brief),
        "result_line": lambda row: _result_line(row, text),
        "notes": _notes(context, localizer, brief=brief),
    }


def _details(text: VerdictText, drivers: DriverText) -> list[str]:
    """Return the sentences under the verdict; where something moved, what weighs most comes first."""
    first = drivers.first_driver() if text.context.verdict.kind == "moved" else ""
    return [line for line in (first, *text.verdict_details()) if line]


def _quotes_by_kind(context: DigestContext, *, brief: bool) -> list[tuple[QuoteKind, list[Quote]]]:
    """Return the quotations of each kind, the strongest moment first; in a short mail, one of two kinds."""
    memory = context.experience.memory
    moment = (memory.moment,) if memory and memory.moment else ()
    quotes = [*moment, *context.quotes]
    groups = [
        (kind, [quote for quote in quotes if quote.kind == kind][: 1 if brief else None])
        for kind in (_BRIEF_KINDS if brief else _KINDS)
    ]
    return [(kind, found) for kind, found in groups if found]


def _percent_of_mentions(shares: tuple[BrandShare, ...]) -> dict[str, int]:
    """Return each brand's share of the mentions of all, in whole percents, by its slug."""
    whole = sum(share.n for share in shares)
    return {share.brand.slug: round(100 * share.n / whole) if whole else 0 for share in shares}


def _voices_note(context: DigestContext, text: VerdictText) -> str:
    """Return where the brands were compared, and why by nothing that was read in words."""
    sites = text.localizer.together([text.site(host) for host in context.talk.shared_sites])
    return text.say("where.voices_on", sources=sites)


def _stars(row: SiteRow | PlaceRow | BrandShare, text: VerdictText) -> str:
    """Return the mean of the ratings that people gave, with their number; nothing where too few did."""
    if row.stars is None:
        return ""
    return text.say("where.stars", stars=text.localizer.number(row.stars, digits=1), rated=row.rated)


def _site_line(row: SiteRow, text: VerdictText) -> str:
    return " · ".join(part for part in (text.say("where.mentions", n=row.n), _stars(row, text)) if part)


def _place_line(row: PlaceRow, text: VerdictText) -> str:
    parts = [text.say("where.mentions", n=row.n), _stars(row, text)]
    if row.nps is not None:
        parts.append(text.say("where.place_nps", value=text.value(row.nps), interval=text.behind(row.nps)))
    return " · ".join(part for part in parts if part)


def _shown_rows(context: DigestContext, *, brief: bool) -> tuple[ResultRow, ...]:
    """Return the results of the page shown in full; in a short mail, only of one on which some moved."""
    convince = context.convince
    if convince is None or convince.main is None or (brief and not convince.moves and not convince.ratings):
        return ()
    return convince.main.rows


def _page_lists(context: DigestContext, text: VerdictText, *, brief: bool) -> list[tuple[str, list[str]]]:
    """Return the lists below the first page, each with its title: ratings, questions, other pages."""
    convince = context.convince
    if convince is None:
        return []
    main = convince.main
    lists = (
        ("ratings", [text.rating_move(move) for move in convince.ratings]),
        ("questions", list(main.questions) if main and not brief else []),
        ("others", [text.other_page(page) for page in convince.others]),
        ("categories", [text.other_page(page) for page in convince.categories]),
        ("suggestions", text.suggestions(convince.suggestions)),
    )
    return [(text.say(f"page.{name}"), lines) for name, lines in lists if lines]


def _result_line(row: ResultRow, text: VerdictText) -> str:
    parts = [text.whose(row), text.ownership(row), text.rating(row)]
    if text.stance(row) == "bad":
        parts.append(text.say("stance.hostile"))
    parts.append(text.say("page.entrant") if row.entrant else text.was(row))
    return f"{row.title} ({', '.join(part for part in parts if part)})"


def _notes(context: DigestContext, localizer: Localizer, *, brief: bool) -> list[str]:
    """Return how to read the figures that the mail shows, when it was made, and when the next one comes."""
    shown = (
        ("brief", brief),
        ("interval", True),
        ("change", True),
        ("equal", True),
        ("delight", context.delight is not None),
        (f"nps_{context.period.kind}", context.engage.nps is not None or context.engage.asked > 0),
        ("stars", context.engage.stars is not None),
        ("positive", context.engage.positive is not None),
        ("net", context.engage.net_sentiment is not None),
        ("voice", context.talk.share is not None),
        ("first_page", context.convince is not None),
        ("effort", context.experience.effort is not None and not brief),
        ("drivers", bool(context.experience.driven)),
        ("masked", any("[…]" in quote.text for quote in context.quotes)),
    )
    lines = [localizer.say(f"foot.{name}") for name, is_shown in shown if is_shown]
    lines.append(localizer.say("foot.sent", moment=localizer.moment(context.now)))
    if context.corrected:
        lines.append(localizer.say("foot.corrected", n=context.corrected))
    if context.next_at:
        lines.append(localizer.say("foot.next", moment=localizer.moment(context.next_at)))
    return lines
