"""Answers of Mistral's conversations: the `message.output` entries, whose chunks are words or references."""

from collections.abc import Iterator

from crawlers.sources.assistant_answers.values import (
    EngineAnswer,
    Json,
    citations,
    joined,
    listed,
    mapping,
    number,
    objects,
    verbatim,
    words,
)


def is_answer(answer: Json) -> bool:
    """Return whether an answer of unknown origin has this shape."""
    return isinstance(answer.get("outputs"), list)


def read(answer: Json) -> EngineAnswer:
    """Read an answer."""
    outputs = objects(answer.get("outputs"))
    messages = [each for each in outputs if each.get("type") == "message.output"]
    chunks = [chunk for each in messages for chunk in _chunks(each.get("content"))]
    searches = [each for each in outputs if each.get("type") == "tool.execution"]
    usage = mapping(answer.get("usage"))
    stop = next((word for each in messages if (word := words(each.get("finish_reason")))), None)
    return EngineAnswer(
        text=joined(verbatim(chunk.get("text")) for chunk in chunks if chunk.get("type") == "text"),
        model=next((word for each in messages if (word := words(each.get("model")))), None)
        or words(answer.get("model")),
        cited=citations(
            (chunk.get("url"), chunk.get("title"))
            for chunk in chunks
            if chunk.get("type") == "tool_reference"
        ),
        search_count=len(searches),
        truncated=stop == "length",
        refused=stop == "content_filter",
        stop=stop,
        tokens_in=number(usage.get("prompt_tokens")) + number(usage.get("connector_tokens")),
        tokens_out=number(usage.get("completion_tokens")),
    )


def _chunks(content: object) -> Iterator[Json]:
    """Yield the chunks of a message: it may be one text."""
    if isinstance(content, str):
        yield {"type": "text", "text": content}
    yield from (each for each in listed(content) if isinstance(each, dict))
