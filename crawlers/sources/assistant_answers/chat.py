"""Answers in the shape of chat completions: Perplexity's with its sources, compatible servers', Ollama's."""

from dataclasses import replace

from crawlers.sources.assistant_answers.values import (
    EngineAnswer,
    Json,
    amount,
    citations,
    listed,
    mapping,
    number,
    objects,
    words,
)


def is_perplexity(answer: Json) -> bool:
    """Return whether an answer of unknown origin has Perplexity's shape."""
    return is_compatible(answer) and ("citations" in answer or "search_results" in answer)


def is_compatible(answer: Json) -> bool:
    """Return whether an answer of unknown origin has the shape of chat completions."""
    return isinstance(answer.get("choices"), list)


def is_ollama(answer: Json) -> bool:
    """Return whether an answer of unknown origin has the shape of Ollama's chat."""
    return isinstance(answer.get("message"), dict) and "done" in answer


def read_compatible(answer: Json) -> EngineAnswer:
    """Read the first choice."""
    choice = next(iter(objects(answer.get("choices"))), {})
    message, usage = mapping(choice.get("message")), mapping(answer.get("usage"))
    stop = words(choice.get("finish_reason"))
    refusal = words(message.get("refusal"))
    return EngineAnswer(
        text=_content(message.get("content")) or refusal or "",
        model=words(answer.get("model")),
        refused=refusal is not None or stop == "content_filter",
        truncated=stop == "length",
        stop=stop,
        tokens_in=number(usage.get("prompt_tokens")),
        tokens_out=number(usage.get("completion_tokens")),
    )


def read_perplexity(answer: Json) -> EngineAnswer:
    """Read the first choice with its sources, in the order of the marks [1], [2] in the text."""
    results = objects(answer.get("search_results"))
    titles = {each.get("url"): each.get("title") for each in results if isinstance(each.get("url"), str)}
    addresses = listed(answer.get("citations")) or list(titles)
    usage = mapping(answer.get("usage"))
    cost = usage.get("cost")
    return replace(
        read_compatible(answer),
        cited=citations((each, titles.get(each) if isinstance(each, str) else None) for each in addresses),
        search_count=number(usage.get("num_search_queries")) or int(bool(addresses)),
        cost=amount(mapping(cost).get("total_cost")) if isinstance(cost, dict) else amount(cost),
    )


def read_ollama(answer: Json) -> EngineAnswer:
    """Read an answer of one's own machine; it says what the model remembers."""
    stop = words(answer.get("done_reason"))
    return EngineAnswer(
        text=_content(mapping(answer.get("message")).get("content")),
        model=words(answer.get("model")),
        truncated=stop == "length" or answer.get("done") is False,
        stop=stop,
        tokens_in=number(answer.get("prompt_eval_count")),
        tokens_out=number(answer.get("eval_count")),
    )


def _content(content: object) -> str:
    """Return a message's words, which may lie in parts."""
    if isinstance(content, str):
        return words(content) or ""
    return "".join(words(part.get("text")) or "" for part in objects(content))
