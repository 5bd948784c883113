"""Answers of Google's Gemini API: the first candidate, with its grounding by Google Search.

Addresses of cited pages are redirects of Google's that end after some days: the domain is what is kept.
"""

from typing import Final

from crawlers.sources.assistant_answers.values import (
    EngineAnswer,
    Json,
    citations,
    joined,
    listed,
    mapping,
    number,
    objects,
    queries,
    verbatim,
    words,
)

REFUSED: Final = frozenset(
    {"SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "OTHER", "LANGUAGE", "IMAGE_SAFETY"}
)


def is_answer(answer: Json) -> bool:
    """Return whether an answer of unknown origin has this shape."""
    return isinstance(answer.get("candidates"), list) or "promptFeedback" in answer


def read(answer: Json) -> EngineAnswer:
    """Read an answer; a question that was blocked is a refusal."""
    candidate = next(iter(objects(answer.get("candidates"))), {})
    parts = objects(mapping(candidate.get("content")).get("parts"))
    grounding = mapping(candidate.get("groundingMetadata"))
    usage = mapping(answer.get("usageMetadata"))
    stop = words(candidate.get("finishReason"))
    blocked = words(mapping(answer.get("promptFeedback")).get("blockReason"))
    pages = [mapping(each.get("web")) for each in objects(grounding.get("groundingChunks"))]
    searched = queries(listed(grounding.get("webSearchQueries")))
    return EngineAnswer(
        text=joined(verbatim(part.get("text")) for part in parts if part.get("thought") is not True),
        model=words(answer.get("modelVersion")),
        cited=citations((each.get("uri"), each.get("domain") or each.get("title")) for each in pages),
        searches=searched,
        search_count=1 if searched or pages else 0,
        refused=blocked is not None or stop in REFUSED,
        truncated=stop == "MAX_TOKENS",
        stop=blocked or stop,
        tokens_in=number(usage.get("promptTokenCount")) + number(usage.get("toolUsePromptTokenCount")),
        tokens_out=number(usage.get("candidatesTokenCount")) + number(usage.get("thoughtsTokenCount")),
    )
