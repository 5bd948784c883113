"""The four cards of a digest: a figure, what it is, where it went, and the rest.

They are the links of the golden rule; customer service reads its own four.
A card says so where its figure was not measured; it never shows a zero for it.
"""

from ouidire.frozen import Frozen
from reports.data.context import DigestContext
from reports.data.metric import Metric
from reports.words.driver_text import Telling
from reports.words.verdict_text import Phrases, Tone


class Card(Frozen):
    """One link, worded: plain text throughout."""

    name: str
    question: str
    value: str
    caption: str
    change: str = ""
    tone: Tone = "flat"
    measured: bool = True
    lines: tuple[str, ...] = ()


def card_rows(context: DigestContext, phrases: Phrases) -> list[list[Card]]:
    """Return the cards, two by two, in the order of the chain."""
    if context.role == "customer_service":
        return [
            [_service(context, phrases), _effort(context, phrases)],
            [_irritation(context, phrases), _leaving(context, phrases)],
        ]
    if context.role == "place":
        return [
            [_delight(context, phrases), _engage(context, phrases)],
            [_irritation(context, phrases), _talk(context, phrases)],
        ]
    return [
        [_delight(context, phrases), _engage(context, phrases)],
        [_talk(context, phrases), _convince(context, phrases)],
    ]


def _delight(context: DigestContext, p: Phrases) -> Card:
    if context.delight is None:
        return _unmeasured("delight", p)
    delight, irritation = context.delight.delight, context.delight.irritation
    beside = () if context.role == "place" else (_beside("irritation", irritation, p),)
    return _card("delight", p, delight, p.say("card.delight"), beside)


def _irritation(context: DigestContext, p: Phrases) -> Card:
    if context.delight is None:
        return _unmeasured("irritation", p)
    return _card("irritation", p, context.delight.irritation, p.say("card.irritation_rate"), ())


def _service(context: DigestContext, p: Phrases) -> Card:
    service = context.experience.service
    if service is None:
        return _unmeasured("service", p)
    worth = () if service.nps is None else (p.worth(service.nps),)
    return _card("service", p, service.reading, p.say("card.service"), worth)


def _effort(context: DigestContext, p: Phrases) -> Card:
    effort = context.experience.effort
    if effort is None:
        return _unmeasured("effort", p)
    levels = p.say("card.levels", none=effort.none, some=effort.some, a_lot=effort.a_lot)
    return _card("effort", p, effort.reading, p.say("card.effort"), (levels,))


def _leaving(context: DigestContext, p: Phrases) -> Card:
    leaving = context.experience.leaving
    if leaving is None:
        return _unmeasured("leaving", p)
    return _card(
        "leaving", p, leaving.reading, p.say("card.leaving"), (Telling(p).leaving_for("card.leaving_for"),)
    )


def _engage(context: DigestContext, p: Phrases) -> Card:
    engage = context.engage
    net = engage.net_sentiment
    if engage.nps is None:
        if net is None:
            return _unmeasured("engage", p)
        return _card("engage", p, net, p.say("card.net_only"), ())
    shares = [
        share
        for share in (engage.promoters, engage.passives, engage.detractors)
        if share is not None and share.value is not None
    ]
    lines = []
    if len(shares) == 3:  # noqa: PLR2004 (the three classes)
        promoters, passives, detractors = (p.value(share) for share in shares)
        lines.append(
            p.say(
                "card.shares",
                promoters=promoters,
                passives=passives,
                detractors=detractors,
                n=p.n(shares[0].n),
            )
        )
    if net is not None:
        lines.append(p.say("card.net", value=p.value(net.figure), n=p.behind(net.figure)))
    return _card("engage", p, engage.nps, p.say("card.nps", measure=p.measure("nps")), tuple(lines))


def _talk(context: DigestContext, p: Phrases) -> Card:
    talk = context.talk
    beside = "" if context.scope.narrow else p.say("card.volume_only")
    if talk.share is not None:
        beside = _beside("voice", talk.share, p)
    card = _card("talk", p, talk.volume, p.say("card.volume", n=talk.volume.figure.n), (beside,))
    return card.model_copy(update={"lines": (beside,)})


def _convince(context: DigestContext, p: Phrases) -> Card:
    convince = context.convince
    if convince is None:
        return _unmeasured("convince", p)
    beside = () if convince.consideration is None else (_beside("consideration", convince.consideration, p),)
    if convince.score is None:
        return _unmeasured("convince", p).model_copy(update={"lines": beside})
    return _card("convince", p, convince.score, p.say("card.first_page"), beside)


def _card(name: str, p: Phrases, reading: Metric, caption: str, lines: tuple[str, ...]) -> Card:
    """A card about one reading: what stands behind the figure comes first below it."""
    return Card(
        name=p.say(f"link.{name}"),
        question=p.say(f"link.{name}_question"),
        value=p.value(reading.figure),
        caption=p.say("card.nothing_read") if reading.figure.value is None else caption,
        change="" if reading.figure.value is None else p.arrowed(reading),
        tone=p.tone(reading),
        lines=(p.behind(reading.figure), *lines),
    )


def _beside(name: str, reading: Metric, p: Phrases) -> str:
    return p.say(
        f"card.{name}", value=p.value(reading.figure), n=p.behind(reading.figure), change=p.arrowed(reading)
    )


def _unmeasured(name: str, p: Phrases) -> Card:
    return Card(
        name=p.say(f"link.{name}"),
        question=p.say(f"link.{name}_question"),
        value="–",
        caption=p.say("card.not_measured"),
        measured=False,
        lines=(p.say(f"card.no_{name}"),),
    )
