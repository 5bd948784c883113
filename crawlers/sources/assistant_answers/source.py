"""assistant_answers: what AI assistants answer to fixed questions about a brand and what it sells.

Each question is asked several times, since answers repeat badly; each record has the model that answered. By
an API one sees neither what a signed-in person is told nor the assistant's own pages; it cannot see how many
people ask.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Final

from crawlers.access import Budget
from crawlers.base import FactSheet, Layout, Source
from crawlers.reading.services.errors import ErrorRule, check_answer
from crawlers.sources.assistant_answers.answer_page import MILLIONTHS, SHAPES, entity, knows, parse
from crawlers.sources.assistant_answers.anthropic import without_encrypted
from crawlers.sources.assistant_answers.asking import REST, request_of
from crawlers.sources.assistant_answers.params import AssistantParams
from ouidire.errors import ConfigError
from ouidire.page import Page, Request

NAMES: Final = {
    "mistral": "Mistral (API)",
    "openai": "OpenAI (API)",
    "anthropic": "Anthropic (API)",
    "gemini": "Gemini (API)",
    "perplexity": "Perplexity (API)",
    "ollama": "Ollama",
}
ESTIMATED_TOKENS: Final = 12_000
"""Tokens that an answer with a search of the web reads, before its usage is known."""
LEGAL_NOTE: Final = (
    "Each question is paid for, and goes to a service abroad: ask nothing that holds personal data. Terms of "
    "these services forbid building models that compete with theirs from answers, not measuring them. "
    "Answers are a machine's words: never show them as customers' words. To go on, set "
    "accept_legal_note = true."
)
RULES: Final = (
    ErrorRule("gone", ("model_not_found", "not_found_error", "invalid_model", "unknown model")),
    ErrorRule("quota", ("insufficient_quota", "credit balance", "billing", "rate_limit")),
    ErrorRule(
        "key",
        (
            "invalid_api_key",
            "authentication_error",
            "api key not valid",
            "api_key_invalid",
            "permission_error",
            "unauthorized",
        ),
    ),
)
KEY_ADVICE: Final = "check the key in the environment variable that key_env names, and its rights"


def requests(params: AssistantParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield each question for the first time; an answer leads to the next time that it is asked.

    Raises ConfigError until the legal note is accepted.
    """
    del since
    if not params.accept_legal_note:
        raise ConfigError([f"assistant_answers.accept_legal_note: {LEGAL_NOTE}"])
    return (request_of(params, question, 1) for question in params.asked)


def budgets(params: AssistantParams) -> tuple[Budget, ...]:
    """Return the ceiling of a week, in millionths of the prices' currency; none where nothing is paid."""
    estimate = params.cost(
        tokens_in=ESTIMATED_TOKENS if params.searches else 500,
        tokens_out=params.max_tokens,
        searches=int(params.searches),
    )
    if not estimate:
        return ()
    ceiling = Budget(
        key=params.key_env or params.engine,
        what="cost",
        limit=max(1, round(params.weekly_ceiling * MILLIONTHS)),
        zone="Europe/Paris",
        days=7,
        scale=MILLIONTHS,
        costs=dict.fromkeys(("answer", REST), max(1, round(estimate * MILLIONTHS))),
    )
    return (ceiling,)


def check(page: Page) -> None:
    """Raise what a service's error means, whatever its status."""
    service = page.context.get("engine", "the assistant")
    check_answer(page, service=service, key_advice=KEY_ADVICE, rules=RULES)


SOURCE: Final = Source(
    slug="assistant_answers",
    about=FactSheet(
        title="Answers of AI assistants",
        site="the assistant chosen",
        kind="assistants",
        access="api",
        official_api="the makers' own APIs: Mistral, OpenAI, Anthropic, Google, Perplexity; any server of "
        "the same form; Ollama on your own machine",
        needs_key=True,
        opt_in=True,
        languages=("all",),
        limits="What the API answers, which differs from what an assistant's own page shows. A week costs at "
        "most weekly_ceiling, counted from each answer's usage.",
        legal_note=LEGAL_NOTE,
    ),
    params=AssistantParams,
    entity=entity,
    requests=requests,
    layouts=tuple(
        Layout(
            shape.name,
            since="2026-11",
            marks=shape.marks,
            knows=partial(knows, shape),
            parse=partial(parse, shape),
        )
        for shape in SHAPES
    ),
    check=check,
    minimised=without_encrypted,
    reads_errors=True,
    budgets=budgets,
    enumerates=False,
    patience=120.0,
    service=lambda params: NAMES.get(params.engine, params.model),
    fields=("text", "model"),
)
