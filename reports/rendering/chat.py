"""The first screen of a digest for chat rooms: verdict, moves, one thing to do, and a link.

Slack gets blocks, Teams an adaptive card, a webhook of one's own plain JSON. It cannot see how a room draws
them: texts are cut to the lengths that they take, and what people wrote stays text.
"""

from typing import Any, Literal

from reports.data.context import DigestContext
from reports.rendering.chat_markup import SLACK_HEADER, SLACK_TEXT, slack_link, slack_text
from reports.rendering.mail import mail_subject
from reports.rendering.teams_card import teams_message, text_block
from reports.rendering.templating import web
from reports.typography import harmless, one_line, shortened
from reports.words.action_text import ActionLine, ActionText
from reports.words.coverage_text import CoverageText
from reports.words.language import Localizer
from reports.words.verdict_text import VerdictText
from reports.words.view_links import ViewLinks

VERSION = 1
"""Of the webhook's document: it grows when a field changes its meaning or goes."""
MOVES = 3
LONGEST = 600
"""Characters of one line: ten of them are far below the 28 KB that Teams takes."""


class FirstScreen:
    """What a director reads first of one digest, in one language; plain text throughout."""

    def __init__(self, context: DigestContext, language: str) -> None:
        self.context = context
        self.localizer = Localizer(language, period=context.period.kind, timezone=context.period.timezone)
        text = VerdictText(context, self.localizer)
        self.actions = ActionText(text, quoted=False)
        self.title = _line(self.localizer.say("mail.title", brand=text.scope(), span=self._span()))
        self.subject = _line(mail_subject(context, self.localizer))
        self.verdict = _line(text.verdict())
        self.moves = [_line(move) for move, _, _ in text.moves()[:MOVES]]
        self.details = [_line(line) for line in text.mail_details()]
        self.todo: ActionLine | None = next(iter(self.actions.lines()), None)
        self.unseen = [_line(CoverageText(text).spot(spot)) for spot in context.blind.missing[:MOVES]]
        self.url = web(ViewLinks(text).url()) or None

    def _span(self) -> str:
        return self.localizer.span(self.context.period)

    def say(self, key: str) -> str:
        """Return a sentence of the catalogue."""
        return self.localizer.say(key)


def chat_digest(
    kind: Literal["webhook", "slack", "teams"], context: DigestContext, language: str
) -> dict[str, Any]:
    """Return the JSON document of a digest's first screen, as one kind of channel takes it."""
    screen = FirstScreen(context, language)
    return {"webhook": _webhook, "slack": _slack, "teams": _teams}[kind](screen)


def _line(text: str) -> str:
    return shortened(harmless(one_line(text)), LONGEST)


def _webhook(screen: FirstScreen) -> dict[str, Any]:
    context, todo = screen.context, screen.todo
    return {
        "type": "ouidire.digest",
        "version": VERSION,
        "timestamp": context.now.isoformat(),
        "language": screen.localizer.language,
        "edition": context.edition,
        "brand": {"slug": context.brand.slug, "name": _line(context.brand.name)},
        "period": context.period.key,
        "subject": screen.subject,
        "verdict": screen.verdict,
        "moves": screen.moves,
        "details": screen.details,
        "todo": {"text": _line(todo.text), "url": web(todo.url) or None} if todo else None,
        "unseen": screen.unseen,
        "url": screen.url,
    }


def _slack(screen: FirstScreen) -> dict[str, Any]:
    title = shortened(screen.title, SLACK_HEADER)
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}},
        _slack_section(f"*{slack_text(screen.verdict)}*"),
    ]
    listed = screen.moves or screen.details
    if listed:
        blocks.append(_slack_section("\n".join(f"• {slack_text(line)}" for line in listed)))
    if screen.todo:
        done = f"*{slack_text(screen.actions.title())}*\n{slack_text(_line(screen.todo.text))}"
        link = slack_link(screen.todo.url, screen.say("brief.open"))
        blocks.append(_slack_section(done + link))
    feet = [*screen.unseen, screen.say("chat.foot")]
    foot = "\n".join(slack_text(line) for line in feet)
    if screen.url:
        foot += slack_link(screen.url, screen.say("chat.open"))
    blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": foot[:SLACK_TEXT]}]})
    return {
        "text": slack_text(screen.subject),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _slack_section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _teams(screen: FirstScreen) -> dict[str, Any]:
    todo = screen.todo
    body = [
        text_block(screen.title, size="Small", isSubtle=True),
        text_block(screen.verdict, size="Large", weight="Bolder"),
        *(text_block(f"• {line}", spacing="Small") for line in screen.moves or screen.details),
    ]
    links: list[tuple[str, str | None]] = []
    if todo:
        body.append(text_block(screen.actions.title(), weight="Bolder", separator=True))
        body.append(text_block(_line(todo.text), spacing="Small"))
        links.append((screen.say("brief.open"), todo.url))
    body += [
        text_block(line, size="Small", isSubtle=True) for line in (*screen.unseen, screen.say("chat.foot"))
    ]
    links.append((screen.say("chat.open"), screen.url))
    return teams_message(body, fallback=screen.subject, links=links)
