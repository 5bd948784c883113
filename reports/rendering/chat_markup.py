"""Text as chat rooms read it: what people wrote stays text, whatever Slack or Teams would make of it."""

from reports.rendering.templating import web

SLACK_HEADER, SLACK_TEXT, SLACK_BLOCKS = 150, 3000, 48
"""Characters that Slack takes in a header and in a text; two blocks below the fifty that it takes."""


def slack_text(text: str) -> str:
    """Escape what Slack reads as links, mentions and emphasis: a reviewer must not notify a whole channel."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"{letter}\u200b" if letter in "*_~`@" else letter for letter in escaped)


def slack_link(url: str | None, text: str = "→") -> str:
    """Return a link after a text, a blank before it; nothing where the address is none of the web."""
    safe = web(url)
    return f" <{safe.replace('|', '%7C').replace('&', '&amp;')}|{slack_text(text)}>" if safe else ""


def teams_text(text: str) -> str:
    """Escape what an adaptive card reads as links and emphasis."""
    return "".join(f"\\{letter}" if letter in "\\[]()*_~`#<>" else letter for letter in text)


def whole_lines(lines: list[str], limit: int) -> str:
    """Join as many whole lines as fit into so many characters; "…" stands for the others."""
    kept: list[str] = []
    for line in lines:
        if sum(len(each) + 1 for each in kept) + len(line) > limit - 2:
            kept.append("…")
            break
        kept.append(line)
    return "\n".join(kept)
