"""`ouidire answers`: the reviews that await an answer, and what people decide of them."""

from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from ouidire.errors import UsageError
from ouidire.system.person import ANYBODY, PERSON
from service.cli.language import value_named, words
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import OK, inform, say, say_json
from service.cli.sent_output import colon

if TYPE_CHECKING:
    from ouidire.state.people.answer_tasks import AnswerState
    from service.pipeline.people.answering import QueuedReview

LIST_HELP = "List the reviews that are worth an answer, the most urgent first, each with the reasons."
SET_HELP = "Record what becomes of a review: its state, who answers it, a note."
Person = Annotated[
    str, typer.Option("--by", help="Your name, for the audit.", envvar=PERSON, show_default=False)
]
NEXT_PASS = "The mail and Kibana have it at the next pass (`ouidire run`)."  # noqa: S105 (a sentence)


def answers_list(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    brand: Annotated[str | None, typer.Option("--brand", "-b", help="One of your brands (its slug).")] = None,
    place: Annotated[list[str] | None, typer.Option("--place", help="Only this place; repeat it.")] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", "-s", help="Only this source; repeat it.")
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            "--state", help="new, to_answer, answered or dismissed; repeat it. The open ones without."
        ),
    ] = None,
    size: Annotated[int, typer.Option(min=1, max=1000, help="Lines shown.")] = 20,
    as_json: Json = False,
) -> int:
    """List the reviews that are worth an answer."""
    from reports.data.scope import Scope
    from service.pipeline.people.answering import OPEN, answer_queue

    states = tuple(_state(each) for each in state) if state else OPEN
    with opened(config, now, writes=False) as installation:
        slugs = [each.slug for each in installation.settings.own_brands]
        wanted = [brand] if brand else slugs
        if brand is not None and brand not in {each.slug for each in installation.settings.brand}:
            raise UsageError(f"no brand has the slug {brand!r}; the configured ones are {', '.join(slugs)}")
        queues = {
            slug: answer_queue(
                installation,
                Scope(brand=slug, places=tuple(place or ()), sources=tuple(source or ())),
                states=states,
                size=size,
            )
            for slug in wanted
        }
    if as_json:
        say_json(
            {
                slug: {"total": queue.total, "reviews": [shown(line) for line in queue.lines]}
                for slug, queue in queues.items()
            }
        )
        return OK
    for slug, queue in queues.items():
        left = queue.total - len(queue.lines)
        more = f" ({words().fill('queue.more', n=left)})" if left > 0 else ""
        say(f"{slug}{colon()}{words().fill('queue.reviews', n=queue.total)}{more}")
        for line in queue.lines:
            _say_line(line)
    return OK


def answers_set(
    mention: Annotated[str, typer.Argument(help="The review's id, as `ouidire answers list` shows it.")],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    by: Person = ANYBODY,
    state: Annotated[
        str | None, typer.Option("--state", help="new, to_answer, answered or dismissed.")
    ] = None,
    assignee: Annotated[str | None, typer.Option("--assignee", help="Who answers it; empty: nobody.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="A note for colleagues; empty: none.")] = None,
    as_json: Json = False,
) -> int:
    """Record what becomes of a review."""
    from service.pipeline.people.answering import decide_answer

    with opened(config, now, writes=False) as installation:
        task = decide_answer(
            installation,
            mention,
            by=by,
            state=None if state is None else _state(state),
            assignee=assignee,
            note=note,
        )
    if as_json:
        say_json(task)
    else:
        whose = f", {task.assignee}" if task.assignee else ""
        state_word = value_named("answer_state", task.state, file="queues")
        inform(f"{mention}: {state_word}{whose}. {NEXT_PASS}")
    return OK


def shown(line: "QueuedReview") -> dict[str, object]:
    """Return a line of the queue as JSON shows it."""
    document = line.document
    return {
        **line.model_dump(mode="json", exclude={"document"}),
        "title": document.title,
        "text": document.text,
        "stars": document.stars,
        "source": document.source,
        "site": document.site,
        "place": document.place,
        "published_at": document.published_at,
        "likes": document.likes,
        "reach": document.reach,
        "url": document.url,
        "reply": document.reply,
    }


def _say_line(line: "QueuedReview") -> None:
    document = line.document
    stars = f"{document.stars:g}★" if document.stars is not None else "–"
    place = f", {document.place}" if document.place else ""
    since = words().fill("queue.days", n=line.days)
    state = value_named("answer_state", line.state, file="queues")
    say(f"\n{line.id}  {stars}  {document.site}{place}  {since}  {state}  {line.assignee}".rstrip())
    say(f"  {' '.join((document.title or document.text).split())[:200]}")
    if line.reasons:
        why = ", ".join(
            f"{value_named('reason', each.name, file='queues')} +{each.points}" for each in line.reasons
        )
        say(f"  {words().fill('queue.points', n=line.points)}{colon()}{why}")
    if line.note:
        say(f"  {words().text('column.note')}{colon()}{' '.join(line.note.split())}")
    if line.answer_at:
        say(f"  {line.answer_at}")


def _state(text: str) -> "AnswerState":
    """Return a state given by a user. Raises UsageError."""
    from ouidire.state.people.answer_tasks import AnswerState

    known = get_args(AnswerState)
    if text not in known:
        raise UsageError(f"{text!r} is no state; choose among {', '.join(known)}")
    return cast("AnswerState", text)
