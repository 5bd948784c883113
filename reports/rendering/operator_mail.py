"""The mail to whoever runs the service about a brand of which nothing could be read: what failed, what to do.

It cannot see what stands in a source's way beyond what its last run said.
"""

from reports.data.context import DigestContext
from reports.data.message import Message
from reports.rendering.templating import Templates
from reports.typography import one_line, shortened
from reports.words.coverage_text import CoverageText
from reports.words.language import Localizer
from reports.words.verdict_text import VerdictText

SUBJECT = 160
"""Characters of a subject that mail programs show."""
_REASON = 300


def render_operator_mail(context: DigestContext, language: str) -> Message:
    """Return the mail about a context's brand, of which nothing was read, in a language.

    Raises UsageError where nothing is written in that language.
    """
    localizer = Localizer(language, period=context.period.kind, timezone=context.period.timezone)
    text = VerdictText(context, localizer)
    coverage = CoverageText(text)
    words = {"brand": context.brand.name, "span": localizer.span(context.period)}
    rows = [
        (coverage.spot(gap), shortened(one_line(gap.reason), _REASON) if coverage.reason_tells(gap) else "")
        for gap in context.blind.missing
    ]
    values = {
        "p": text,
        "language": localizer.language,
        "title": localizer.say("operator.title", **words),
        "verdict": localizer.say("operator.verdict", n=len(rows), **words),
        "lead": localizer.say("operator.lead", **words),
        "rows": rows,
        "todo": [localizer.say(f"operator.todo_{name}", **words) for name in ("health", "try", "again")],
        "foot": localizer.say("foot.sent", moment=localizer.moment(context.now)),
    }
    templates = Templates()
    subject = localizer.say("operator.subject", n=len(rows), **words)
    return Message(
        subject=shortened(one_line(subject), SUBJECT),
        text=templates.text("operator.txt.j2", values),
        html=templates.html("operator.mjml.j2", values),
        language=language,
    )
