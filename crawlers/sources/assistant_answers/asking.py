"""The request for one answer, as each engine documents it; keys are placeholders, filled when sent."""

import json
from typing import Any, Final

from crawlers.sources.assistant_answers.params import AskedQuestion, AssistantParams
from ouidire.frozen import Frozen
from ouidire.page import Request

BASES: Final = {
    "openai": "https://api.openai.com",
    "anthropic": "https://api.anthropic.com",
    "gemini": "https://generativelanguage.googleapis.com",
    "mistral": "https://api.mistral.ai",
    "perplexity": "https://api.perplexity.ai",
    "ollama": "http://127.0.0.1:11434",
}
ZONES: Final = {"fr": "Europe/Paris", "be": "Europe/Brussels", "ch": "Europe/Zurich", "gb": "Europe/London"}
MOST_SEARCHES: Final = 5
ANTHROPIC_VERSION: Final = "2023-06-01"
REST: Final = "rest"
"""The kind of a request for the rest of an answer."""
Json = dict[str, Any]


class Turn(Frozen):
    """What an engine has said before it paused, as it is sent back, and what that took."""

    content: list[dict[str, Any]]
    pauses: int = 1
    tokens_in: int = 0
    tokens_out: int = 0
    searches: int = 0

    def as_answer(self) -> Json:
        """Return it as one answer of the engine."""
        used = {"input_tokens": self.tokens_in, "output_tokens": self.tokens_out}
        searched = {"web_search_requests": self.searches}
        return {"type": "message", "content": self.content, "usage": {**used, "server_tool_use": searched}}


def request_of(params: AssistantParams, question: AskedQuestion, run: int) -> Request:
    """Return the request that asks a question for the `run`-th time (from 1)."""
    path, headers, body = _ENGINES[params.engine](params, question.text)
    base = (params.base_url or BASES[params.engine]).rstrip("/")
    context = {
        "engine": params.engine,
        "question_id": question.id,
        "run": str(run),
        "params": params.model_dump_json(exclude_defaults=True),
    }
    return Request(
        url=f"{base}{path}",
        method="POST",
        headers={"Accept": "application/json", "Content-Type": "application/json", **headers},
        body=json.dumps(body, ensure_ascii=False),
        kind="answer",
        context=context,
    )


def continued(params: AssistantParams, question: AskedQuestion, run: int, turn: Turn) -> Request:
    """Return the request that sends an answer back which has paused, so that the engine goes on with it."""
    first = request_of(params, question, run)
    asked = json.loads(first.body or "{}")
    asked["messages"] = [*asked["messages"], {"role": "assistant", "content": turn.content}]
    context = {**first.context, "turn": turn.model_dump_json()}
    return first.model_copy(
        update={"body": json.dumps(asked, ensure_ascii=False), "kind": REST, "context": context}
    )


Asked = tuple[str, dict[str, str], Json]


def _bearer(params: AssistantParams) -> dict[str, str]:
    return {"Authorization": f"Bearer secret:{params.key_env}"} if params.key_env else {}


def _place(params: AssistantParams) -> Json:
    place: Json = {"type": "approximate", "country": params.gl.upper()}
    if params.city:
        place["city"] = params.city
    if params.gl in ZONES:
        place["timezone"] = ZONES[params.gl]
    return place


def _openai(params: AssistantParams, text: str) -> Asked:
    body: Json = {
        "model": params.model,
        "input": text,
        "max_output_tokens": params.max_tokens,
        "store": False,
    }
    if params.searches:
        tool = {"type": "web_search", "search_context_size": "medium", "user_location": _place(params)}
        body |= {"tools": [tool], "tool_choice": "auto"}
    return "/v1/responses", _bearer(params), body


def _anthropic(params: AssistantParams, text: str) -> Asked:
    body: Json = {
        "model": params.model,
        "max_tokens": params.max_tokens,
        "messages": [{"role": "user", "content": text}],
    }
    if params.searches:
        tool = {"type": "web_search_20250305", "name": "web_search", "max_uses": MOST_SEARCHES}
        body["tools"] = [tool | {"user_location": _place(params)}]
    headers = {"x-api-key": f"secret:{params.key_env}", "anthropic-version": ANTHROPIC_VERSION}
    return "/v1/messages", headers, body


def _gemini(params: AssistantParams, text: str) -> Asked:
    body: Json = {
        "contents": [{"role": "user", "parts": [{"text": text}]}],
        "generationConfig": {"maxOutputTokens": params.max_tokens},
    }
    if params.searches:
        body["tools"] = [{"google_search": {}}]
    headers = {"x-goog-api-key": f"secret:{params.key_env}"}
    return f"/v1beta/models/{params.model}:generateContent", headers, body


def _mistral(params: AssistantParams, text: str) -> Asked:
    body: Json = {
        "model": params.model,
        "inputs": text,
        "stream": False,
        "store": False,
        "completion_args": {"max_tokens": params.max_tokens},
    }
    if params.searches:
        body["tools"] = [{"type": "web_search"}]
    return "/v1/conversations", _bearer(params), body


def _chat(params: AssistantParams, text: str) -> Json:
    return {
        "model": params.model,
        "messages": [{"role": "user", "content": text}],
        "max_tokens": params.max_tokens,
        "stream": False,
    }


def _perplexity(params: AssistantParams, text: str) -> Asked:
    body = _chat(params, text) | {"web_search_options": {"user_location": {"country": params.gl.upper()}}}
    return "/chat/completions", _bearer(params), body


def _compatible(params: AssistantParams, text: str) -> Asked:
    return "/v1/chat/completions", _bearer(params), _chat(params, text)


def _ollama(params: AssistantParams, text: str) -> Asked:
    body: Json = {
        "model": params.model,
        "messages": [{"role": "user", "content": text}],
        "stream": False,
        "options": {"num_predict": params.max_tokens},
    }
    return "/api/chat", _bearer(params), body


_ENGINES: Final = {
    "openai": _openai,
    "anthropic": _anthropic,
    "gemini": _gemini,
    "mistral": _mistral,
    "perplexity": _perplexity,
    "compatible": _compatible,
    "ollama": _ollama,
}
