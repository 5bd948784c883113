"""Models of what an AI assistant answers to a question, with the pages that it cites.

An answer is no mention: nobody says it. It is kept apart from people's words in every count and measure.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from ouidire.frozen import Frozen

QuestionKind = Literal["category", "brand", "comparison"]
"""What a question asks of: what the brand sells, the brand itself, or the brand beside a competitor."""


class Citation(Frozen):
    """One page that an answer cites.

    `order` counts from 1, each page once, as they first come in the answer. `url` is None where the service
    gives a redirect of its own, `domain` is then what it names.
    """

    order: int = Field(ge=1)
    url: str | None = None
    domain: str | None = None
    title: str | None = None


class AssistantAnswer(Frozen):
    """One answer of one engine to one question, asked once; questions are asked several times.

    `model` is the one that the service says has answered. `version` changes with the question's words,
    `run_index` counts the times that it was asked in a run, from 1. `web` is whether the engine was let
    search, `search_error` why it could not. `stop` is the service's own word for how the answer ended.
    `cost` is in the currency of the configured prices.
    """

    item: Literal["answer"] = "answer"
    entity: str
    engine: str
    model: str
    surface: Literal["API"] = "API"
    web: bool = False
    question_id: str
    question_kind: QuestionKind = "brand"
    question: str
    version: str = ""
    gl: str | None = None
    hl: str | None = None
    run_index: int = Field(default=1, ge=1)
    asked_at: AwareDatetime
    text: str = ""
    citations: tuple[Citation, ...] = ()
    searches: tuple[str, ...] = ()
    search_error: str | None = None
    refused: bool = False
    truncated: bool = False
    stop: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost: float | None = None
