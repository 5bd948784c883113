"""From alerts to an e-mail: the digest's own sandboxed templates and style."""

from reports.alerts.context import AlertContext
from reports.alerts.wording import AlertWords
from reports.data.message import Message
from reports.rendering.render import SUBJECT
from reports.rendering.templating import Templates
from reports.typography import breakable, shortened


def render(context: AlertContext, language: str, *, templates: Templates | None = None) -> Message:
    """Word a message of alerts in a language.

    Raises:
        UsageError: no alert is written in that language.
        ConfigError: a template of the installation's own cannot be filled.
    """
    words = AlertWords(context, language)
    speech = words.speech
    values = {
        "c": context,
        "p": words,
        "language": language,
        "title": words.say("alert.title", brand=context.brand.name),
        "number": speech.number,
        "quoted": lambda quote: (
            speech.plain("format.quote_open") + breakable(quote.text) + speech.plain("format.quote_close")
        ),
        "attribution": words.attribution,
    }
    chosen = templates or Templates()
    return Message(
        subject=shortened(words.subject(), SUBJECT),
        text=chosen.text("alert.txt.j2", values),
        html=chosen.html("alert.mjml.j2", values),
        language=language,
    )
