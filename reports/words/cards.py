"""The four cards of a digest: a metric's figure, what it is, which way it went, and what goes with it.

They are the links of the chain (delight, engage, talk, convince); customer service reads its own four.
A card says so where its metric was not read; it never shows a zero for it.
"""

from collections.abc import Sequence

from ouidire.frozen import Frozen
from ouidire.measures.figure import FEWEST_OF_A_PLACE
from reports.data.context import DigestContext
from reports.data.metric import Metric
from reports.words.driver_text import DriverText
from reports.words.figure_text import NEVER_COMPARED, FigureText, Tone


class Card(Frozen):
    """One card: plain text throughout; `counted` where its value is a number of mentions."""

    name: str
    question: str
    value: str
    caption: str
    change: str = ""
    usual: str = ""
    mix: str = ""
    tone: Tone = "flat"
    measured: bool = True
    lines: tuple[str, ...] = ()
    counted: bool = False


def card_rows(context: DigestContext, text: FigureText) -> list[list[Card]]:
    """Return the cards of a context's role, two by two, in the order of the chain."""
    if context.role == "customer_service":
        return [
            [_service(context, text), _effort(context, text)],
            [_irritation(context, text), _leaving(context, text)],
        ]
    if context.role == "place":
        return [
            [_delight(context, text), _engage(context, text)],
            [_irritation(context, text), _talk(context, text)],
        ]
    return [
        [_delight(context, text), _engage(context, text)],
        [_talk(context, text), _convince(context, text)],
    ]


def joined_cards(cards: Sequence[Card], text: FigureText, *, briefly: bool) -> list[Card]:
    """Return cards in their order, with one for all of which the same nothing is to be said.

    `briefly`: their lines are not shown, and need not be the same.
    """
    groups: dict[tuple[object, ...], list[Card]] = {}
    for at, card in enumerate(cards):
        is_empty = not card.measured or (card.value == "–" and not card.counted)
        said: tuple[str, ...] = () if briefly else card.lines
        groups.setdefault((card.caption, *said) if is_empty else (at,), []).append(card)
    together = text.localizer.together
    return [
        group[0].model_copy(update={"name": together([card.name for card in group])})
        for group in groups.values()
    ]


def _delight(context: DigestContext, text: FigureText) -> Card:
    if context.delight is None:
        return _unmeasured("delight", text)
    irritation = _metric_line("irritation", context.delight.irritation, text)
    lines = () if context.role == "place" else (irritation,)
    return _card("delight", context.delight.delight, text.say("card.delight"), lines, text)


def _irritation(context: DigestContext, text: FigureText) -> Card:
    if context.delight is None:
        return _unmeasured("irritation", text)
    return _card("irritation", context.delight.irritation, text.say("card.irritation_rate"), (), text)


def _service(context: DigestContext, text: FigureText) -> Card:
    service = context.experience.service
    if service is None:
        return _unmeasured("service", text)
    return _card("service", service.reading, text.say("card.service"), (), text)


def _effort(context: DigestContext, text: FigureText) -> Card:
    effort = context.experience.effort
    if effort is None:
        return _unmeasured("effort", text)
    levels = text.say("card.levels", none=effort.none, some=effort.some, a_lot=effort.a_lot)
    return _card("effort", effort.reading, text.say("card.effort"), (levels,), text)


def _leaving(context: DigestContext, text: FigureText) -> Card:
    leaving = context.experience.leaving
    if leaving is None:
        return _unmeasured("leaving", text)
    leaving_for = DriverText(text).leaving_for("card.leaving_for")
    return _card("leaving", leaving.reading, text.say("card.leaving"), (leaving_for,), text)


def _engage(context: DigestContext, text: FigureText) -> Card:
    """The card of recommendation: the scores asked this period, else the words; the others, each on a line.

    An NPS over several periods never comes first: it hardly moves in the period that the digest is about.
    """
    engage = context.engage
    found = (engage.nps, engage.positive, engage.stars, engage.net_sentiment)
    read = [metric for metric in found if metric is not None]
    read.sort(key=lambda metric: metric.key in NEVER_COMPARED)
    if not read:
        return _unmeasured("engage", text)
    main, *others = read
    lines = [_class_shares(context, text)]
    lines += [
        line for metric in others for line in (_metric_line(metric.key, metric, text), text.mix(metric))
    ]
    if engage.nps is None and engage.asked:
        lines.append(text.say("card.too_few_asked", n=engage.asked))
    return _card("engage", main, text.say(f"card.main_{main.key}"), tuple(lines), text)


def _class_shares(context: DigestContext, text: FigureText) -> str:
    """Return the shares of the three classes among the scores asked; nothing where too few were."""
    classes = (context.engage.promoters, context.engage.passives, context.engage.detractors)
    shares = [share for share in classes if share is not None and share.value is not None]
    if len(shares) < len(classes):
        return ""
    promoters, passives, detractors = (text.value(share) for share in shares)
    n = text.n(shares[0].n)
    return text.say("card.shares", promoters=promoters, passives=passives, detractors=detractors, n=n)


def _talk(context: DigestContext, text: FigureText) -> Card:
    """The card of volume: no interval or n below a count, which is its own."""
    talk = context.talk
    if talk.share is not None:
        line = _metric_line("voice", talk.share, text)
    else:
        line = "" if context.scope.narrow else text.say("card.volume_only")
    caption = text.say("card.volume", n=talk.volume.figure.n)
    return _card("talk", talk.volume, caption, (line,), text, counted=True)


def _convince(context: DigestContext, text: FigureText) -> Card:
    convince = context.convince
    if convince is None:
        return _unmeasured("convince", text)
    lines: tuple[str, ...] = ()
    if convince.consideration is not None:
        lines = (_metric_line("consideration", convince.consideration, text),)
    if convince.score is None:
        return _unmeasured("convince", text, lines=lines)
    return _card("convince", convince.score, text.say("card.first_page"), lines, text)


def _card(
    name: str,
    metric: Metric,
    caption: str,
    lines: tuple[str, ...],
    text: FigureText,
    *,
    counted: bool = False,
) -> Card:
    """Return a card about one metric: what stands behind the figure comes first below it."""
    nothing_read = metric.figure.value is None
    return Card(
        name=text.say(f"link.{name}"),
        question=text.say(f"link.{name}_question"),
        value=text.value(metric.figure),
        caption=text.say("card.nothing_read") if nothing_read else caption,
        change="" if nothing_read or metric.key in NEVER_COMPARED else text.arrowed(metric),
        usual=text.usual(metric),
        mix="" if nothing_read else text.mix_brief(metric),
        tone=text.tone(metric),
        counted=counted,
        lines=() if nothing_read and not counted else _lines_of(metric, lines, text, counted=counted),
    )


def _lines_of(metric: Metric, lines: tuple[str, ...], text: FigureText, *, counted: bool) -> tuple[str, ...]:
    """Return the lines below a figure: what stands behind it first, unless it is a count itself."""
    shown = lines if counted else (text.behind(metric.figure), text.mix(metric), *lines)
    return tuple(line for line in shown if line)


def _metric_line(name: str, metric: Metric, text: FigureText) -> str:
    """Return a metric that goes with a card's own, in a line: value, interval, n and change."""
    value, n = text.value(metric.figure), text.behind(metric.figure)
    return text.say(f"card.{name}", value=value, n=n, change=text.arrowed(metric))


def _unmeasured(name: str, text: FigureText, *, lines: tuple[str, ...] | None = None) -> Card:
    """Return a card whose metric was not read: why, or what was read beside it."""
    is_small = bool(text.context.scope.places) and name != "convince"
    return Card(
        name=text.say(f"link.{name}"),
        question=text.say(f"link.{name}_question"),
        value="–",
        caption=text.say("card.too_few_caption" if is_small else "card.not_measured"),
        measured=False,
        lines=(_why_unmeasured(name, text),) if lines is None else lines,
    )


def _why_unmeasured(name: str, text: FigureText) -> str:
    """Return why a card has no metric: nothing was read, or too little of some places for a level."""
    if text.context.scope.places and name != "convince":
        return text.say("card.too_few_here", least=FEWEST_OF_A_PLACE)
    return text.say(f"card.no_{name}")
