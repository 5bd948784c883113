"""The four cards of a digest, one for each link of the golden rule: a figure, what it is, where it went, and the rest.

A card says so where its figure was not measured; it never shows a zero for it.
"""

from ouidire.frozen import Frozen
from reports.context import DigestContext, Reading
from reports.phrasing import Phrases, Tone


class Card(Frozen):
    """One link, worded: plain text throughout."""

    name: str
    question: str
    value: str
    caption: str
    change: str = ""
    tone: Tone = "flat"
    lines: tuple[str, ...] = ()


def card_rows(context: DigestContext, phrases: Phrases) -> list[list[Card]]:
    """Return the cards, two by two, in the order of the chain."""
    return [[_delight(context, phrases), _engage(context, phrases)], [_talk(context, phrases), _convince(context, phrases)]]


def _delight(context: DigestContext, p: Phrases) -> Card:
    if context.delight is None:
        return _unmeasured("delight", p)
    delight, irritation = context.delight.delight, context.delight.irritation
    return _card("delight", p, delight, p.say("card.delight"), (_beside("irritation", irritation, p),))


def _engage(context: DigestContext, p: Phrases) -> Card:
    engage = context.engage
    net = engage.net_sentiment
    if engage.nps is None:
        if net is None:
            return _unmeasured("engage", p)
        return _card("engage", p, net, p.say("card.net_only"), ())
    shares = [share for share in (engage.promoters, engage.passives, engage.detractors) if share is not None and share.value is not None]
    lines = []
    if len(shares) == 3:  # noqa: PLR2004 (the three classes)
        promoters, passives, detractors = (p.value(share) for share in shares)
        lines.append(p.say("card.shares", promoters=promoters, passives=passives, detractors=detractors, n=p.n(shares[0].n)))
    if net is not None:
        lines.append(p.say("card.net", value=p.value(net.figure), n=p.behind(net.figure)))
    if engage.peak is not None and engage.end is not None and engage.end.value is not None:
        lines.append(p.say("card.memory", peak=p.value(engage.peak), end=p.value(engage.end), n=p.n(engage.end.n)))
    return _card("engage", p, engage.nps, p.say("card.nps", measure=p.measure("nps")), tuple(lines))


def _talk(context: DigestContext, p: Phrases) -> Card:
    talk = context.talk
    beside = p.say("card.volume_only") if talk.share is None else _beside("voice", talk.share, p)
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


def _card(name: str, p: Phrases, reading: Reading, caption: str, lines: tuple[str, ...]) -> Card:
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


def _beside(name: str, reading: Reading, p: Phrases) -> str:
    return p.say(f"card.{name}", value=p.value(reading.figure), n=p.behind(reading.figure), change=p.arrowed(reading))


def _unmeasured(name: str, p: Phrases) -> Card:
    return Card(
        name=p.say(f"link.{name}"),
        question=p.say(f"link.{name}_question"),
        value="–",
        caption=p.say("card.not_measured"),
        lines=(p.say(f"card.no_{name}"),),
    )
