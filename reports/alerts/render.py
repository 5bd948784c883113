"""From alerts to a message: the digest's own sandboxed templates and style."""

from reports.alerts.alert_text import AlertText
from reports.alerts.context import AlertContext
from reports.data.message import Message
from reports.rendering.render import SUBJECT
from reports.rendering.templating import Templates
from reports.typography import breakable, shortened
from reports.words.quote_text import quoted


def render(context: AlertContext, language: str, *, templates: Templates | None = None) -> Message:
    """Return alerts as a message in a language.

    Raises:
        UsageError: nothing is written in that language.
        ConfigError: a template of the installation's own cannot be filled.
    """
    text = AlertText(context, language)
    localizer = text.localizer
    values = {
        "c": context,
        "p": text,
        "language": language,
        "title": text.say("alert.title", brand=context.brand.name),
        "number": localizer.number,
        "quoted": lambda quote: quoted(breakable(quote.text), localizer),
        "attribution": text.attribution,
    }
    chosen = templates or Templates()
    return Message(
        subject=shortened(text.subject(), SUBJECT),
        text=chosen.text("alert.txt.j2", values),
        html=chosen.html("alert.mjml.j2", values),
        language=language,
    )
