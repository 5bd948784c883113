"""Assistants: what is asked, how each engine's answers and errors are read, and what a week may cost."""

import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from crawlers.sources.assistant_answers.anthropic import without_encrypted
from crawlers.sources.assistant_answers.source import SOURCE, budgets, requests
from ouidire.errors import Blocked, ConfigError, LayoutChanged, RateLimited, SourceError, SourceGone
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 11, 30, tzinfo=UTC)
GIVEN = {
    "engine": "openai",
    "model": "gpt-x",
    "name": "Pousse",
    "key_env": "ASSISTANT_KEY",
    "price_in": 1.0,
    "price_out": 10.0,
    "accept_legal_note": True,
}
KEY = "sk-essai-0123456789"


def params(**more):
    return SOURCE.params(**{**GIVEN, **more})


def page(body, status=200, engine="openai", **context):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Page(
        url="https://api.example/",
        body=raw,
        fetched_at=AT,
        status=status,
        kind="answer",
        context={"engine": engine, **context},
    )


def chat(text="Pousse est une jardinerie.", model="local-7b", **more):
    message = {"role": "assistant", "content": text}
    return {
        "model": model,
        "choices": [{"message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1_000, "completion_tokens": 100},
        **more,
    }


def test_nothing_is_asked_before_the_note_is_accepted():
    with pytest.raises(ConfigError, match="accept_legal_note"):
        list(requests(params(accept_legal_note=False)))


def test_the_usual_questions_are_asked_in_the_language():
    asked = params(category="une jardinerie", city="Lyon", competitors=("Jardin Royal",)).asked
    assert [each.kind for each in asked] == ["category"] * 2 + ["brand"] * 3 + ["comparison"]
    assert asked[0].text == "Je cherche une jardinerie à Lyon : que me conseilles-tu, et pourquoi ?"
    assert asked[-1].text == "Pousse ou Jardin Royal : que choisir ?"
    assert params(hl="en").asked[0].text == "What do people think of Pousse?"
    own = params(questions=({"id": "sav", "kind": "brand", "text": "Le SAV de {name} répond-il ?"},)).asked
    assert [(each.id, each.text) for each in own] == [("sav", "Le SAV de Pousse répond-il ?")]
    assert own[0].version != asked[0].version


def test_each_question_is_asked_so_many_times_one_after_the_other():
    first = list(requests(params(runs=2, competitors=("Jardin Royal",))))
    assert [each.context["question_id"] for each in first] == [
        "brand-1",
        "brand-2",
        "brand-3",
        "comparison-1",
    ]
    body = {"object": "response", "status": "completed", "model": "gpt-x", "output": [text_of("Oui.")]}
    one = SOURCE.parse(page(body, **first[0].context))
    (again,) = one.follow
    assert (again.context["run"], again.body) == ("2", first[0].body)
    assert SOURCE.parse(page(body, **again.context)).follow == ()


def text_of(words):
    return {"type": "message", "content": [{"type": "output_text", "text": words}]}


@pytest.mark.parametrize(
    ("engine", "more", "address", "header", "tool"),
    [
        ("openai", {}, "https://api.openai.com/v1/responses", "Bearer secret:ASSISTANT_KEY", "web_search"),
        (
            "anthropic",
            {},
            "https://api.anthropic.com/v1/messages",
            "secret:ASSISTANT_KEY",
            "web_search_20250305",
        ),
        (
            "gemini",
            {},
            "https://generativelanguage.googleapis.com/v1beta/models/gpt-x:generateContent",
            "secret:ASSISTANT_KEY",
            "google_search",
        ),
        (
            "mistral",
            {},
            "https://api.mistral.ai/v1/conversations",
            "Bearer secret:ASSISTANT_KEY",
            "web_search",
        ),
        ("perplexity", {}, "https://api.perplexity.ai/chat/completions", "Bearer secret:ASSISTANT_KEY", "FR"),
        (
            "compatible",
            {"base_url": "https://llm.example/"},
            "https://llm.example/v1/chat/completions",
            "Bearer secret:ASSISTANT_KEY",
            "",
        ),
        ("ollama", {"key_env": None}, "http://127.0.0.1:11434/api/chat", None, ""),
    ],
)
def test_each_engine_is_asked_as_it_documents(engine, more, address, header, tool):
    request = next(iter(requests(params(engine=engine, **more))))
    assert (request.method, request.url) == ("POST", address)
    assert header is None or header in request.headers.values()
    assert tool in request.body
    assert "web_search" not in next(iter(requests(params(engine=engine, web=False, **more)))).body.replace(
        "web_search_options", ""
    )
    if engine in {"openai", "anthropic"}:
        assert '"country": "FR"' in request.body


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"engine": "openai", "key_env": None}, "key_env"),
        ({"engine": "mistral", "price_in": None}, "price_in"),
        ({"engine": "compatible"}, "base_url"),
        ({"engine": "chatgpt"}, "engine"),
        ({"weekly_ceiling": 0}, "weekly_ceiling"),
        ({"questions": [{"id": "a", "text": "Quoi ?"}, {"id": "a", "text": "Qui ?"}]}, "stands twice"),
    ],
)
def test_what_cannot_be_asked_is_refused(more, words):
    with pytest.raises(ValidationError, match=words):
        params(**more)


@pytest.mark.parametrize(
    ("engine", "body", "status", "error"),
    [
        ("openai", {"error": {"message": "Incorrect API key", "code": "invalid_api_key"}}, 401, Blocked),
        (
            "openai",
            {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}},
            429,
            RateLimited,
        ),
        ("openai", {"error": {"message": "no such model", "code": "model_not_found"}}, 404, SourceGone),
        (
            "openai",
            {"object": "response", "status": "failed", "error": {"code": "server_error", "message": "x"}},
            200,
            SourceError,
        ),
        (
            "anthropic",
            {"type": "error", "error": {"type": "authentication_error", "message": "x"}},
            401,
            Blocked,
        ),
        (
            "anthropic",
            {"type": "error", "error": {"type": "overloaded_error", "message": "x"}},
            529,
            SourceError,
        ),
        (
            "anthropic",
            {"type": "error", "error": {"type": "not_found_error", "message": "model: x"}},
            404,
            SourceGone,
        ),
        (
            "anthropic",
            {
                "type": "error",
                "error": {"type": "invalid_request_error", "message": "Your credit balance is too low"},
            },
            400,
            RateLimited,
        ),
        (
            "gemini",
            {
                "error": {
                    "code": 400,
                    "message": "API key not valid. Please pass",
                    "status": "INVALID_ARGUMENT",
                }
            },
            400,
            Blocked,
        ),
        (
            "gemini",
            {"error": {"code": 429, "message": "Quota", "status": "RESOURCE_EXHAUSTED"}},
            429,
            RateLimited,
        ),
        ("mistral", {"object": "error", "message": "Unauthorized", "type": "x"}, 401, Blocked),
        ("mistral", {"detail": [{"type": "missing", "msg": "Field required"}]}, 422, SourceError),
        (
            "perplexity",
            {"error": {"message": "Invalid model", "type": "invalid_model", "code": 400}},
            400,
            SourceGone,
        ),
        ("perplexity", "<html>401 Authorization Required</html>", 401, Blocked),
        ("ollama", {"error": "model 'x' not found"}, 404, SourceGone),
        ("compatible", {"error": {"message": "Internal"}}, 500, SourceError),
        ("compatible", "<html>Bad gateway</html>", 502, SourceError),
    ],
)
def test_each_engines_errors_say_what_they_are(engine, body, status, error):
    raw = body.encode() if isinstance(body, str) else body
    with pytest.raises(error) as caught:
        SOURCE.parse(page(raw, status, engine))
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("engine", "body"),
    [
        ("openai", {"object": "response", "status": "completed", "output": []}),
        ("openai", {"choices": []}),
        ("anthropic", {"type": "message", "content": []}),
        ("gemini", {"candidates": []}),
        ("mistral", {"outputs": [{"type": "message.output", "content": ""}]}),
        ("perplexity", {"choices": [{"message": {"content": None}}]}),
        ("ollama", {"message": {"content": ""}, "done": True}),
        ("compatible", []),
        ("compatible", None),
        ("compatible", "x"),
    ],
)
def test_an_answer_without_words_is_never_read_as_silence(engine, body):
    with pytest.raises(LayoutChanged):
        SOURCE.parse(page(body, engine=engine))


@pytest.mark.parametrize("value", [None, 3, -1, True, [], {}, "x", "é" * 100_000, 1e400, [[]], [None]])
def test_nonsense_in_every_field_is_survived(value):
    forms = {
        "openai": {
            "object": "response",
            "status": value,
            "model": value,
            "output": [
                text_of("a") | {"x": value},
                {
                    "type": "message",
                    "content": [
                        {"type": "output_text", "text": value, "annotations": value},
                        {
                            "type": "output_text",
                            "text": "b",
                            "annotations": [{"type": "url_citation", "url": value, "title": value}],
                        },
                    ],
                },
                {"type": "web_search_call", "action": value},
                value,
            ],
            "usage": value,
            "incomplete_details": value,
        },
        "anthropic": {
            "type": "message",
            "model": value,
            "stop_reason": value,
            "usage": {"input_tokens": value, "server_tool_use": value},
            "content": [
                {"type": "text", "text": "a", "citations": value},
                {"type": "text", "text": value},
                {"type": "web_search_tool_result", "content": value},
                value,
            ],
        },
        "gemini": {
            "candidates": [
                {
                    "content": {"parts": [{"text": "a"}, {"text": value}, value]},
                    "finishReason": value,
                    "groundingMetadata": {
                        "groundingChunks": [{"web": value}, {"web": {"uri": value, "title": value}}],
                        "webSearchQueries": value,
                    },
                }
            ],
            "usageMetadata": {"promptTokenCount": value},
            "modelVersion": value,
        },
        "mistral": {
            "outputs": [
                {
                    "type": "message.output",
                    "model": value,
                    "content": [
                        {"type": "text", "text": "a"},
                        {"type": "tool_reference", "url": value, "title": value},
                        value,
                    ],
                },
                value,
            ],
            "usage": value,
        },
        "perplexity": chat(
            "a", citations=value, search_results=value, usage={"cost": value, "prompt_tokens": value}
        ),
        "ollama": {"message": {"content": "a"}, "done": value, "model": value, "eval_count": value},
    }
    for engine, body in forms.items():
        (answer,) = SOURCE.parse(page(body, engine=engine, params="{", run=str(value))).items
        assert answer.text.startswith("a")
        assert answer.cost is None or answer.cost >= 0
        assert all(each.url is None or each.url.startswith("http") for each in answer.citations)


def test_what_is_encrypted_is_never_kept():
    body = {"type": "message", "content": [{"encrypted_content": "QUJD", "url": "https://a.example/"}]}
    kept = without_encrypted(page(body))
    assert b"QUJD" not in kept.body
    assert b"https://a.example/" in kept.body
    broken = page(b'{"encrypted_content": ')
    assert without_encrypted(broken) is broken
    assert SOURCE.minimised is without_encrypted


def test_a_week_has_a_ceiling_in_the_currency_of_the_prices():
    (ceiling,) = budgets(params(weekly_ceiling=2.5))
    assert (ceiling.limit / ceiling.scale, ceiling.days, ceiling.key) == (2.5, 7, "ASSISTANT_KEY")
    assert ceiling.costs == {"answer": 20_000, "rest": 20_000}
    assert budgets(SOURCE.params(engine="ollama", model="x", name="Pousse")) == ()


def local(site, **more):
    return {
        **GIVEN,
        "engine": "compatible",
        "base_url": site.url,
        "model": "local-7b",
        "questions": [{"id": "a", "text": "Que penser de {name} ?"}],
        **more,
    }


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("ASSISTANT_KEY", KEY)


def test_a_run_by_the_real_engine(key, tmp_path):
    with ApiSite(lambda _: Answer(chat())) as site:
        run = crawl("assistant_answers", local(site, runs=3), tmp_path / "run")
    assert (run.summary.status, [item.run_index for item in run.items]) == ("ok", [1, 2, 3])
    assert {asked.headers["authorization"] for asked in site.asked} == {f"Bearer {KEY}"}
    assert {item.model for item in run.items} == {"local-7b"}
    assert run.summary.spent == {"ASSISTANT_KEY/cost": 3 * 2_000}
    assert all(KEY not in f"{each.body}{each.headers}{each.context}" for each in run.pages)


def test_the_ceiling_of_the_week_ends_a_run(key, tmp_path):
    with ApiSite(lambda _: Answer(chat())) as site:
        given = local(site, runs=20, weekly_ceiling=0.015, max_tokens=100)
        run = crawl("assistant_answers", given, tmp_path / "run")
    assert run.summary.status == "degraded"
    assert "0.015 cost a week for ASSISTANT_KEY" in run.summary.reason
    assert run.summary.spent["ASSISTANT_KEY/cost"] <= 15_000
    assert 6 <= len(run.items) <= 7


def test_a_key_that_is_refused_ends_a_run_as_blocked(key, tmp_path):
    refusal = Answer(
        {"error": {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}}, 401
    )
    with ApiSite(lambda _: refusal) as site:
        run = crawl("assistant_answers", local(site), tmp_path / "run")
    assert run.summary.status == "blocked"
    assert "key_env" in run.summary.reason
    assert KEY not in run.summary.reason


def test_one_question_that_fails_leaves_the_others(key, tmp_path):
    def answer(asked):
        return Answer({"choices": []}) if "Sinon" in asked.body else Answer(chat())

    questions = [{"id": "a", "text": "Que penser de {name} ?"}, {"id": "b", "text": "Sinon, quoi ?"}]
    with ApiSite(answer) as site:
        run = crawl("assistant_answers", local(site, runs=2, questions=questions), tmp_path / "run")
    assert run.summary.status == "degraded"
    assert [(item.question_id, item.run_index) for item in run.items] == [("a", 1), ("a", 2)]


def anthropic(text, stop="end_turn", sources=()):
    found = [{"type": "web_search_result", "url": each, "encrypted_content": "xx"} for each in sources]
    blocks = [
        {"type": "server_tool_use", "input": {"query": "pousse avis"}},
        {"type": "web_search_tool_result", "content": found},
        {"type": "text", "text": text, "citations": [{"url": each, "title": "t"} for each in sources]},
    ]
    usage = {"input_tokens": 1_000, "output_tokens": 50, "server_tool_use": {"web_search_requests": 1}}
    return {"type": "message", "model": "claude-x", "content": blocks, "stop_reason": stop, "usage": usage}


def test_an_answer_that_pauses_is_asked_to_go_on_and_is_one_answer():
    asked = params(engine="anthropic", model="claude-x", runs=2, price_search=0.01)
    first = next(iter(requests(asked)))
    paused = SOURCE.minimised(
        page(anthropic("Pousse est", "pause_turn", ["https://un.example/a"]), **first.context)
    )
    found = SOURCE.parse(paused)
    (rest,) = found.follow
    assert (found.items, found.taken) == ((), 11_500)
    sent = json.loads(rest.body)["messages"]
    assert [each["role"] for each in sent] == ["user", "assistant"]
    assert sent[1]["content"][1]["content"][0]["encrypted_content"] == "xx"
    assert rest.kind in budgets(asked)[0].costs
    last = page(anthropic("une jardinerie.", sources=["https://deux.example/b"]), **rest.context)
    kept = SOURCE.minimised(last)
    assert "encrypted_" not in kept.text + str(kept.context)
    found = SOURCE.parse(kept)
    (answer,) = found.items
    assert answer.text == "Pousse est\n\nune jardinerie."
    assert [each.domain for each in answer.citations] == ["un.example", "deux.example"]
    assert (answer.truncated, answer.tokens_in, answer.tokens_out) == (False, 2_000, 100)
    assert found.taken == 11_500
    assert answer.cost == pytest.approx(0.023)
    assert [each.context["run"] for each in found.follow] == ["2"]


def test_an_answer_that_never_ends_counts_as_cut_short():
    context = next(iter(requests(params(engine="anthropic", model="claude-x")))).context
    for _ in range(4):
        (rest,) = SOURCE.parse(page(anthropic("et", "pause_turn"), **context)).follow
        context = rest.context
    (answer,) = SOURCE.parse(page(anthropic("fin", "pause_turn"), **context)).items
    assert (answer.truncated, answer.stop) == (True, "pause_turn")
