"""Answers of Anthropic's Messages API: blocks of `content`, each text with its own citations."""

import json

from crawlers.sources.assistant_answers.values import (
    EngineAnswer,
    Json,
    citations,
    joined,
    mapping,
    number,
    objects,
    queries,
    verbatim,
    words,
)
from ouidire.page import Page


def is_answer(answer: Json) -> bool:
    """Return whether an answer of unknown origin has this shape."""
    return answer.get("type") == "message" and isinstance(answer.get("content"), list)


def read(answer: Json) -> EngineAnswer:
    """Read an answer; one that paused in mid-turn counts as cut short until it was asked to go on."""
    blocks = objects(answer.get("content"))
    texts = [each for each in blocks if each.get("type") == "text"]
    usage = mapping(answer.get("usage"))
    searches = number(mapping(usage.get("server_tool_use")).get("web_search_requests"))
    stop = words(answer.get("stop_reason"))
    results = [each.get("content") for each in blocks if each.get("type") == "web_search_tool_result"]
    errors = [words(mapping(each).get("error_code")) or "unknown" for each in results if not _is_list(each)]
    return EngineAnswer(
        text=joined(verbatim(each.get("text")) for each in texts),
        model=words(answer.get("model")),
        cited=citations(
            (note.get("url"), note.get("title")) for each in texts for note in objects(each.get("citations"))
        ),
        searches=queries(
            mapping(each.get("input")).get("query")
            for each in blocks
            if each.get("type") == "server_tool_use"
        ),
        search_count=searches,
        search_error=errors[0] if errors and len(errors) == len(results) else None,
        refused=stop == "refusal",
        truncated=stop in {"max_tokens", "pause_turn", "model_context_window_exceeded"},
        stop=stop,
        paused=stop == "pause_turn",
        tokens_in=number(usage.get("input_tokens"))
        + number(usage.get("cache_creation_input_tokens"))
        + number(usage.get("cache_read_input_tokens")),
        tokens_out=number(usage.get("output_tokens")),
    )


def without_encrypted(page: Page) -> Page:
    """Return a page without the encrypted parts of search results, which nobody can read.

    A turn that has paused keeps them: it is sent back with them, to go on.
    """
    turn = page.context.get("turn", "")
    if b'"encrypted_' not in page.body and '"encrypted_' not in turn:
        return page
    try:
        answer = page.json_value()
    except ValueError:
        return page
    if isinstance(answer, dict) and answer.get("stop_reason") == "pause_turn":
        return page
    context = {**page.context, "turn": json.dumps(_bare(json.loads(turn)))} if turn else page.context
    bare = page.with_body(json.dumps(_bare(answer), ensure_ascii=False).encode())
    return bare.model_copy(update={"context": context})


def _bare(value: object) -> object:
    if isinstance(value, dict):
        return {name: _bare(held) for name, held in value.items() if not name.startswith("encrypted_")}
    return [_bare(each) for each in value] if isinstance(value, list) else value


def _is_list(value: object) -> bool:
    return isinstance(value, list)
