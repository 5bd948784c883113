"""Answers of OpenAI's Responses API: parts of `output`, with citations as annotations of the text."""

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


def is_answer(answer: Json) -> bool:
    """Return whether an answer of unknown origin has this shape."""
    return answer.get("object") == "response" or ("output" in answer and "status" in answer)


def read(answer: Json) -> EngineAnswer:
    """Read an answer; without any text where it has none."""
    output = objects(answer.get("output"))
    parts = [
        part for each in output if each.get("type") == "message" for part in objects(each.get("content"))
    ]
    noted = [
        note
        for part in parts
        for note in objects(part.get("annotations"))
        if note.get("type") == "url_citation"
    ]
    searched = [each for each in output if each.get("type") == "web_search_call"]
    failed = [each for each in searched if each.get("status") == "failed"]
    usage = mapping(answer.get("usage"))
    reason = words(mapping(answer.get("incomplete_details")).get("reason"))
    refusals = [part for part in parts if part.get("type") == "refusal"]
    return EngineAnswer(
        text=joined(verbatim(part.get("text")) for part in parts) or joined(map(_refusal, refusals)),
        model=words(answer.get("model")),
        cited=citations((note.get("url"), note.get("title")) for note in noted),
        searches=queries(
            query
            for each in searched
            for query in (
                mapping(each.get("action")).get("query"),
                *_all(mapping(each.get("action")).get("queries")),
            )
        ),
        search_count=len(searched),
        search_error="search failed" if searched and len(failed) == len(searched) else None,
        refused=bool(refusals) or reason == "content_filter",
        truncated=answer.get("status") == "incomplete" and reason != "content_filter",
        stop=reason or words(answer.get("status")),
        tokens_in=number(usage.get("input_tokens")),
        tokens_out=number(usage.get("output_tokens")),
    )


def _refusal(part: Json) -> str | None:
    return words(part.get("refusal"))


def _all(value: object) -> list[object]:
    return value if isinstance(value, list) else []
