"""One answer of an engine as a record: which question it answers, and what it cost.

It cannot see whether what an answer says is true.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, get_args

from pydantic import ValidationError

from crawlers.reading.search_results import normal_query
from crawlers.sources.assistant_answers import anthropic, chat, gemini, mistral, openai
from crawlers.sources.assistant_answers.asking import Turn, continued, request_of
from crawlers.sources.assistant_answers.params import AskedQuestion, AssistantEngine, AssistantParams
from crawlers.sources.assistant_answers.values import EngineAnswer, objects
from ouidire.engines.answers import AssistantAnswer
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.page import Page

MILLIONTHS: Final = 1_000_000
MOST_PAUSES: Final = 4
"""How often an engine that pauses is asked to go on; then its answer counts as cut short."""


class EngineShape(NamedTuple):
    """One engine's form of answer: its name, its marks, how it is known and how it is read."""

    name: AssistantEngine
    marks: str
    is_answer: Callable[[dict[str, Any]], bool]
    read: Callable[[dict[str, Any]], EngineAnswer]


SHAPES: Final = (
    EngineShape("mistral", "outputs", mistral.is_answer, mistral.read),
    EngineShape("openai", "object = response, output", openai.is_answer, openai.read),
    EngineShape("anthropic", "type = message, content", anthropic.is_answer, anthropic.read),
    EngineShape("gemini", "candidates", gemini.is_answer, gemini.read),
    EngineShape("perplexity", "choices, citations", chat.is_perplexity, chat.read_perplexity),
    EngineShape("ollama", "message, done", chat.is_ollama, chat.read_ollama),
    EngineShape("compatible", "choices", chat.is_compatible, chat.read_compatible),
)
"""A saved answer is read by the first whose shape it has."""


def entity(params: AssistantParams) -> str:
    """Return the series' name, like `mistral/mistral-large/web/fr/fr/pousse et compagnie`."""
    reach = "web" if params.searches else "memory"
    return "/".join([params.engine, params.model, reach, params.gl, params.hl, normal_query(params.name)])


def knows(shape: EngineShape, page: Page) -> bool:
    """Return whether a page is an engine's answer: as it was asked, else by its shape."""
    asked = page.context.get("engine")
    if asked in get_args(AssistantEngine):
        return asked == shape.name
    answer = _object(page)
    first = next((each.name for each in SHAPES if answer is not None and each.is_answer(answer)), None)
    return first == shape.name


def _object(page: Page) -> dict[str, Any] | None:
    try:
        answer = page.json_value()
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def parse(shape: EngineShape, page: Page) -> Parsed:
    """Read one answer, and ask the next time.

    Raises LayoutChanged when it has another shape, or no words though nothing was refused.
    """
    answer = _object(page)
    if answer is None or not shape.is_answer(answer):
        raise LayoutChanged(f"an answer of {shape.name}", selector=shape.marks)
    found = shape.read(answer)
    context = page.context
    params = _params(context.get("params"))
    before = _turn(context.get("turn"))
    cost = _cost(params, found)
    if before is not None:
        found = found.after(shape.read(before.as_answer()))
    question = _question(params, context.get("question_id"), page)
    run = int(context["run"]) if context.get("run", "").isdecimal() else 1
    taken = None if cost is None else round(cost * MILLIONTHS)
    if found.paused and params is not None and (before is None or before.pauses < MOST_PAUSES):
        turn = Turn(
            content=[*(before.content if before else ()), *objects(answer.get("content"))],
            pauses=before.pauses + 1 if before else 1,
            tokens_in=found.tokens_in,
            tokens_out=found.tokens_out,
            searches=found.search_count,
        )
        return Parsed(follow=(continued(params, question, run, turn),), last_page=False, taken=taken)
    if not found.text and not found.refused and not found.truncated:
        raise LayoutChanged("the words of an answer", selector=shape.marks)
    read = AssistantAnswer(
        entity=entity(params) if params else f"{shape.name}/{found.model or 'unknown'}",
        engine=shape.name,
        model=found.model or (params.model if params else "unknown"),
        web=params.searches if params else found.search_count > 0,
        question_id=question.id,
        question_kind=question.kind,
        question=question.text,
        version=question.version,
        gl=params.gl if params else None,
        hl=params.hl if params else None,
        run_index=run,
        asked_at=page.fetched_at,
        text=found.text,
        citations=found.cited,
        searches=found.searches,
        search_error=found.search_error,
        refused=found.refused,
        truncated=found.truncated,
        stop=found.stop,
        tokens_in=found.tokens_in or None,
        tokens_out=found.tokens_out or None,
        cost=_cost(params, found),
    )
    again = (request_of(params, question, run + 1),) if params and run < params.runs else ()
    return Parsed(items=(read,), follow=again, last_page=not again, taken=taken)


def _params(given: str | None) -> AssistantParams | None:
    """Return what was asked, as the request's context has it; None where it has nothing that can be read."""
    try:
        return AssistantParams.model_validate_json(given) if given else None
    except ValidationError:
        return None


def _turn(given: str | None) -> Turn | None:
    try:
        return Turn.model_validate_json(given) if given else None
    except ValidationError:
        return None


def _question(params: AssistantParams | None, question_id: str | None, page: Page) -> AskedQuestion:
    """Return the question that a page answers; of a saved one, what its context says."""
    for each in params.asked if params else ():
        if each.id == question_id:
            return each
    return AskedQuestion(question_id or "saved", "brand", page.context.get("question", ""))


def _cost(params: AssistantParams | None, found: EngineAnswer) -> float | None:
    if found.cost is not None:
        return found.cost
    if params is None or not (found.tokens_in or found.tokens_out):
        return None
    return params.cost(tokens_in=found.tokens_in, tokens_out=found.tokens_out, searches=found.search_count)
