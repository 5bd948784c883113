"""How commands print what became of digests and alerts that were to be sent."""

from typing import TYPE_CHECKING

from service.cli.language import sentence, value_named, words

if TYPE_CHECKING:
    from service.pipeline.report.sending import SendResult

COUNTED = ("unsubscribed", "withheld", "waits")
"""Outcomes that are counted, without an address."""


def sent_line(result: "SendResult") -> str:
    """Return what became of one delivery, or of those of one outcome, as a line."""
    about = f"{result.brand} {result.period}"
    if result.outcome in COUNTED:
        return f"{about}{colon()}{words().fill(f'delivery.{result.outcome}', n=result.recipients)}"
    why = result.place
    if result.problem is not None:
        why = sentence(result.problem.rpartition(f" to {result.recipient}: ")[2])
    end = f" ({why})" if why else ""
    return f"{about} {to(result.recipient)}{colon()}{value_named('delivery', result.outcome)}{end}"


def to(recipient: str) -> str:
    """Return a recipient after the word or sign that says that something went there."""
    return f"{words().text('delivery.to')} {recipient}"


def colon() -> str:
    """Return a colon as the language writes it, with the blanks around it."""
    return words().text("answer.colon")
