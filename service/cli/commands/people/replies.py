"""`ouidire answers send`, `doubts`, `settle`: replies by platforms' APIs, previewed, confirmed, sent once."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ouidire.errors import UsageError
from ouidire.system.person import ANYBODY
from service.cli.commands.people.answers import NEXT_PASS, Person
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import ERROR, OK, PARTIAL, complain, confirmed, inform, say, say_json

if TYPE_CHECKING:
    from service.pipeline.people.replying import ReplyPreview, ReplyResult

SEND_HELP = "Show a reply as it would be published, then publish it by the platform's API once you confirm."
DOUBTS_HELP = "List the replies of which nobody knows whether the platform took them."
SETTLE_HELP = "Settle a reply in doubt: ask the platform, or say what you saw there."
EXIT = {"sent": OK, "found": OK, "refused": ERROR, "in_doubt": PARTIAL}
MentionId = Annotated[str, typer.Argument(help="The review's id, as `ouidire answers list` shows it.")]


def answers_send(
    mention: MentionId,
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    by: Person = ANYBODY,
    text: Annotated[str | None, typer.Option("--text", help="The reply, word for word.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="A text file that holds it.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Publish it without asking once more.")] = False,
    as_json: Json = False,
) -> int:
    """Publish a reply."""
    from service.pipeline.people.replying import preview_reply, send_reply

    words = _words(text, file)
    with opened(config, now, writes=False) as installation:
        shown = preview_reply(installation, mention, words)
        if not as_json:
            _say_preview(shown)
        if not (yes or (sys.stdin.isatty() and confirmed("Publish it under the review?"))):
            raise UsageError("nothing was sent; --yes publishes what is shown without asking")
        result = send_reply(installation, mention, words, by=by)
    return _say_result(result, as_json=as_json)


def answers_doubts(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """List replies in doubt."""
    from service.pipeline.people.replying import replies_in_doubt

    with opened(config, now, writes=False) as installation:
        found = replies_in_doubt(installation)
    if as_json:
        say_json(found)
        return OK
    for each in found:
        say(f"{each.mention_id}  {each.claimed_at:%Y-%m-%d %H:%M}  {each.by}")
        say(f"  {' '.join(each.text.split())[:200]}")
    if not found:
        inform("no reply is in doubt")
    return OK


def answers_settle(
    mention: MentionId,
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    by: Person = ANYBODY,
    sent: Annotated[
        bool | None,
        typer.Option("--sent/--not-sent", help="What you saw on the platform; it is asked without."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Settle a reply in doubt."""
    from service.pipeline.people.replying import look_for_reply, settle_reply

    with opened(config, now, writes=False) as installation:
        if sent is None:
            result = look_for_reply(installation, mention, by=by)
        else:
            result = settle_reply(installation, mention, sent=sent, by=by)
    if sent is False:
        if as_json:
            say_json(result)
        else:
            inform(f"{mention}: not sent; it may be sent again.")
        return OK
    return _say_result(result, as_json=as_json)


def _words(text: str | None, file: Path | None) -> str:
    """Return a reply given by a user. Raises UsageError."""
    if (text is None) == (file is None):
        raise UsageError("give the reply by --text or by --file, one of the two")
    if text is not None or file is None:
        return text or ""
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read as UTF-8 text") from error


def _say_preview(shown: "ReplyPreview") -> None:
    document = shown.document
    stars = f"{document.stars:g}★  " if document.stars is not None else ""
    place = f", {document.place}" if document.place else ""
    say(f"{shown.service}{place}  {stars}{' '.join((document.title or document.text).split())[:200]}")
    if shown.counted == "bytes":
        inform(f"  reply, {shown.length} of {shown.longest} bytes at most, which everybody will read:")
    else:
        inform(f"  reply, {shown.length} of {shown.longest} characters at most, which everybody will read:")
    for line in shown.text.split("\n"):
        say(f"  | {line}")
    if shown.personal:
        complain(f"it seems to hold personal data: {', '.join(shown.personal)}")


def _say_result(result: "ReplyResult", *, as_json: bool) -> int:
    if as_json:
        say_json(result)
    elif result.outcome in ("sent", "found"):
        inform(f"{result.mention_id}: {result.service} has the reply. {NEXT_PASS}")
    elif result.outcome == "refused":
        complain(result.reason)
    else:
        complain(
            f"{result.reason}; it may be there and is not sent again; "
            f"look on {result.service}, then settle it: `ouidire answers settle`"
        )
    return EXIT[result.outcome]
