"""Alerts as JSON for programs and chat rooms: a webhook, Slack (Block Kit) or Teams (an adaptive card).

Words come from the same catalogue as the e-mail's. What people wrote is escaped as each of them wants it, and
cut to the lengths that they take; links are http(s) or no links.
"""

from typing import Any, Literal

from reports.alerts.alert_text import AlertText
from reports.alerts.context import Alert, AlertContext
from reports.rendering.chat_markup import (
    SLACK_BLOCKS,
    SLACK_HEADER,
    SLACK_TEXT,
    slack_link,
    slack_text,
    whole_lines,
)
from reports.rendering.teams_card import fact_set, teams_message, text_block
from reports.rendering.templating import web
from reports.typography import shortened

VERSION = 1
"""Of the webhook's document: it grows when a field changes its meaning or goes."""
_QUOTES = 2


def payload(
    kind: Literal["webhook", "slack", "teams"], context: AlertContext, language: str
) -> dict[str, Any]:
    """Return the JSON document that is posted to one kind of channel."""
    words = AlertText(context, language)
    return {"webhook": _webhook, "slack": _slack, "teams": _teams}[kind](context, words)


def _webhook(context: AlertContext, words: AlertText) -> dict[str, Any]:
    return {
        "type": "ouidire.alerts",
        "version": VERSION,
        "id": context.key,
        "timestamp": context.now.isoformat(),
        "language": words.localizer.language,
        "brand": context.brand.model_dump(),
        "subject": words.subject(),
        "held": context.held,
        "alerts": [
            {
                "sentence": words.sentence(each),
                **each.model_dump(mode="json", exclude={"told_by", "brand"}),
                "id": each.told_by,
            }
            for each in context.alerts
        ],
    }


def _slack(context: AlertContext, words: AlertText) -> dict[str, Any]:
    title = shortened(words.say("alert.title", brand=context.brand.name), SLACK_HEADER)
    blocks: list[dict[str, Any]] = [{"type": "header", "text": {"type": "plain_text", "text": title}}]
    for alert in context.alerts:
        lines = [
            f"*{slack_text(words.sentence(alert))}*",
            *(f"• {slack_text(line)}" for line in words.evidence(alert)),
        ]
        lines += [
            f"> {slack_text(text)}\n> {slack_text(source)}{slack_link(url)}"
            for text, source, url in _quoted(alert, words)
        ]
        lines += [
            f"{slack_text(title)}{slack_link(url)}"
            for title, _, _, url in words.result_rows(alert)
            if web(url)
        ]
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": whole_lines(lines, SLACK_TEXT)}})
    notes = [*words.notes(), *words.feet()[-1:]]
    footer = {
        "type": "context",
        "elements": [
            {"type": "mrkdwn", "text": whole_lines([slack_text(line) for line in notes], SLACK_TEXT)}
        ],
    }
    return {
        "text": slack_text(words.subject()),
        "blocks": [*blocks[:SLACK_BLOCKS], footer],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _teams(context: AlertContext, words: AlertText) -> dict[str, Any]:
    body = [
        text_block(words.say("alert.kicker"), size="Small", isSubtle=True),
        text_block(context.brand.name, weight="Bolder", size="Large"),
    ]
    links: list[tuple[str, str | None]] = []
    for alert in context.alerts:
        body.append(text_block(words.sentence(alert), weight="Bolder", separator=True))
        facts = [*((name, value) for name, value, _ in words.bars(alert)), *words.source_rows(alert)]
        if facts:
            body.append(fact_set(facts))
        rows = words.result_rows(alert)
        lines = [f"{title}, {where}" for title, where, _, _ in rows]
        lines += [*words.removed_rows(alert), *words.broken_rows(alert), *words.reserves(alert)]
        lines += [f"{text} ({source})" for text, source, _ in _quoted(alert, words)]
        body += [text_block(line, spacing="Small") for line in lines]
        links += [(title, url) for title, _, _, url in rows]
    body += [text_block(line, size="Small", isSubtle=True) for line in words.notes()]
    return teams_message(body, fallback=words.subject(), links=links)


def _quoted(alert: Alert, words: AlertText) -> list[tuple[str, str, str]]:
    return [
        (words.quoted(each), " · ".join(words.attribution(each)), each.url or "")
        for each in alert.quotes[:_QUOTES]
    ]
