"""The mail of a digest: what to know and do, in 90 seconds, with the whole digest attached.

Its values are what `mail.mjml.j2` and `mail.txt.j2` see; none may be renamed. It cannot see how a mail
program will draw the page.
"""

from typing import Any

from reports.data.context import DigestContext
from reports.data.message import Attachment, Message
from reports.data.roles import MAIL, QUIET
from reports.rendering.render import digest_values, is_quiet, render
from reports.rendering.standalone import preview_html
from reports.rendering.templating import Templates
from reports.typography import one_line, shortened
from reports.words.action_text import ActionText
from reports.words.assistant_text import AssistantText
from reports.words.cards import joined_cards
from reports.words.coverage_text import CoverageText
from reports.words.driver_text import DriverText
from reports.words.language import Localizer
from reports.words.part_text import PartText
from reports.words.past_text import PastText
from reports.words.verdict_text import VerdictText

SUBJECT = 160
"""Characters of a subject that mail programs show."""
IN_GENERAL = "brief.in_general"
"""The sentence of what weighs in general, which comes after what changed."""
VERDICT = 60
"""Characters of its beginning, which a telephone shows: the verdict stands there."""


def render_mail(context: DigestContext, language: str, *, templates: Templates | None = None) -> Message:
    """Return the mail of a digest in a language; the whole digest is attached as one page.

    Raises:
        UsageError: nothing is written in that language.
        ConfigError: a template of the installation's own cannot be filled.
    """
    chosen = templates or Templates()
    whole = render(context, language, templates=chosen)
    localizer = Localizer(language, period=context.period.kind, timezone=context.period.timezone)
    attached = Attachment(name=_file_name(context, localizer), html=preview_html(whole))
    values = _values(context, localizer, attached.name)
    values["pictures"] = dict(zip(("light", "dark"), whole.pictures, strict=False))
    return Message(
        subject=mail_subject(context, localizer),
        text=chosen.text("mail.txt.j2", values),
        html=chosen.html("mail.mjml.j2", values),
        language=language,
        pictures=whole.pictures,
        attachments=(attached,),
    )


def mail_subject(context: DigestContext, localizer: Localizer) -> str:
    """Return the subject: the verdict first, in at most 60 characters, then brand and days."""
    text = VerdictText(context, localizer)
    line = localizer.say(
        "brief.subject",
        verdict=shortened(one_line(text.short_headline()), VERDICT),
        brand=text.scope(),
        span=localizer.span(context.period),
    )
    return shortened(one_line(line), SUBJECT)


def _file_name(context: DigestContext, localizer: Localizer) -> str:
    return localizer.say("brief.file", brand=context.brand.slug, period=context.period.key)


def _values(context: DigestContext, localizer: Localizer, file: str) -> dict[str, Any]:
    text = VerdictText(context, localizer)
    quiet = is_quiet(context)
    short = quiet or context.role == "executive"
    actions = ActionText(text, quoted=not short)
    sections = [each for each in MAIL[context.role] if not (quiet and each in QUIET)]
    past_lines = PastText(text).lines(most=1)
    notes = [] if past_lines else CoverageText(text).all_seen(reserves=not short)
    if notes:
        sections = [each for each in sections if each != "blind"]
    notes.append(localizer.say("brief.attached_quiet" if short else "brief.attached", file=file))
    notes.append(localizer.say("brief.note_short" if short else "brief.note"))
    notes += [localizer.say("foot.corrected", n=context.corrected)] if context.corrected else []
    notes.append(localizer.say("foot.sent", moment=localizer.moment(context.now)))
    if context.next_at:
        notes.append(localizer.say("foot.next", moment=localizer.moment(context.next_at)))
    values = digest_values(context, localizer, brief=True)
    drivers = DriverText(text)
    in_general = drivers.first_driver(IN_GENERAL)
    reason_quotes = drivers.first_quotes()
    shown = actions.quoted_texts() | {quote.text for quote in reason_quotes}
    values["quotes_by_kind"] = [
        (kind, [quote for quote in quotes if quote.text not in shown])
        for kind, quotes in values["quotes_by_kind"]
    ]
    parts = PartText(text, brief=True)
    reasons = [line for line in (actions.complaints(), in_general) if line]
    is_explained = bool(reasons or parts.lines() or values["new_themes"] or drivers.day())
    if not is_explained and context.verdict.kind != "moved":
        sections = [each for each in sections if each != "because"]
    return values | {
        "short": short,
        "a": actions,
        "sections": sections,
        "details": text.mail_details(),
        "reasons": reasons,
        "parts": parts,
        "past_lines": past_lines,
        "reason_quotes": reason_quotes,
        "reason_see": drivers.first_see(),
        "glance": joined_cards([card for row in values["card_rows"] for card in row], text, briefly=short),
        "notes": notes,
        "engine_lines": [*AssistantText(text).mail_lines(), *text.new_suggestions()],
    }
