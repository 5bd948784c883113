"""Parameters of the questions put to one assistant, and the questions that they make."""

from typing import Final, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from crawlers.access import ENV_PATTERN
from crawlers.base import Params
from ouidire.engines.answers import QuestionKind
from ouidire.ids import digest

AssistantEngine = Literal["mistral", "openai", "anthropic", "gemini", "perplexity", "compatible", "ollama"]
LOCAL: Final = frozenset({"compatible", "ollama"})
"""Engines that may be one's own: without a key, and without a price."""
SEARCHING: Final = frozenset({"mistral", "openai", "anthropic", "gemini", "perplexity"})
"""Engines that can be let search the web."""
_FRENCH: Final[dict[QuestionKind, tuple[str, ...]]] = {
    "category": (
        "Je cherche {category}{place} : que me conseilles-tu, et pourquoi ?",
        "Quelles adresses recommandes-tu à quelqu'un qui cherche {category}{place} ?",
    ),
    "brand": (
        "Que penser de {name} ?",
        "Peut-on faire confiance à {name} ?",
        "Quels sont les points forts et les points faibles de {name} ?",
    ),
    "comparison": ("{name} ou {other} : que choisir ?",),
}
_ENGLISH: Final[dict[QuestionKind, tuple[str, ...]]] = {
    "category": (
        "I am looking for {category}{place}: what do you advise, and why?",
        "What would you recommend to somebody who is looking for {category}{place}?",
    ),
    "brand": (
        "What do people think of {name}?",
        "Can {name} be trusted?",
        "What are the strengths and the weaknesses of {name}?",
    ),
    "comparison": ("{name} or {other}: which one should I choose?",),
}


class AskedQuestion(NamedTuple):
    """One question: its id, which keeps over changes of words, its kind and its words."""

    id: str
    kind: QuestionKind
    text: str

    @property
    def version(self) -> str:
        """The words' own short hash: another one, another series."""
        return digest("question", self.text, size=4)


class ConfiguredQuestion(Params):
    """A question of one's own; `{name}` stands for the brand's name."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="A short name that stays.")
    kind: QuestionKind = Field(default="brand", description="category, brand or comparison.")
    text: str = Field(min_length=3, max_length=500, description="What is asked, without personal data.")


class AssistantParams(Params):
    """The questions put to one model about one brand, each several times a run."""

    engine: AssistantEngine = Field(description="Who answers.")
    model: str = Field(
        min_length=1, max_length=120, description="The model, by the engine's own name for it."
    )
    name: str = Field(min_length=1, max_length=80, description="The brand's name, as people write it.")
    category: str | None = Field(
        default=None, description="What the brand sells, with its article: « une jardinerie »."
    )
    city: str | None = Field(default=None, description="Where buyers are: « Lyon ».")
    competitors: tuple[str, ...] = Field(
        default=(), max_length=5, description="Competitors that the brand is compared with in a question."
    )
    questions: tuple[ConfiguredQuestion, ...] = Field(
        default=(), max_length=30, description="Questions of your own, in place of the usual ones."
    )
    runs: int = Field(default=10, ge=1, le=50, description="How often each question is asked in a run.")
    web: bool = Field(default=True, description="Let the engine search the web, where it can.")
    gl: str = Field(default="fr", pattern=r"^[a-z]{2}$", description="The country asked from.")
    hl: str = Field(default="fr", pattern=r"^[a-z]{2}$", description="The language of the usual questions.")
    key_env: str | None = Field(
        default=None,
        pattern=ENV_PATTERN,
        description="Environment variable that holds the key (or, as NAME_FILE, its file).",
    )
    base_url: str | None = Field(
        default=None, pattern=r"^https?://", description="Where it answers; required for `compatible`."
    )
    max_tokens: int = Field(default=800, ge=50, le=8_000, description="The longest answer, in tokens.")
    weekly_ceiling: float = Field(
        default=5.0, gt=0, description="What a week may cost at most, in the currency of the prices."
    )
    price_in: float | None = Field(default=None, ge=0, description="Price of a million tokens that are read.")
    price_out: float | None = Field(
        default=None, ge=0, description="Price of a million tokens that are written."
    )
    price_search: float = Field(default=0.0, ge=0, description="Price of one search of the web.")
    accept_legal_note: bool = Field(
        default=False, description="You have read the legal note, and may put questions to this service."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.engine not in LOCAL and not self.key_env:
            message = f"{self.engine} needs key_env, the name of the environment variable that holds its key"
            raise ValueError(message)
        if self.engine == "compatible" and not self.base_url:
            raise ValueError("compatible needs base_url, the server's address, like https://llm.example.fr")
        if self.engine not in LOCAL and (self.price_in is None or self.price_out is None):
            message = (
                f"{self.engine} needs price_in and price_out, what a million tokens cost: "
                "weekly_ceiling is counted with them"
            )
            raise ValueError(message)
        ids = [each.id for each in self.questions]
        if len(set(ids)) < len(ids):
            raise ValueError("questions: an id stands twice")
        return self

    @property
    def searches(self) -> bool:
        """Whether the engine is let search the web."""
        return self.web and self.engine in SEARCHING

    def cost(self, *, tokens_in: int, tokens_out: int, searches: int) -> float:
        """Return what an answer costs, by the configured prices."""
        read, written = (self.price_in or 0.0) * tokens_in, (self.price_out or 0.0) * tokens_out
        return (read + written) / 1e6 + self.price_search * searches

    @property
    def asked(self) -> tuple[AskedQuestion, ...]:
        """The questions, in order: the configured ones, else the usual ones of the language."""
        if self.questions:
            return tuple(
                AskedQuestion(each.id, each.kind, each.text.replace("{name}", self.name))
                for each in self.questions
            )
        usual = _FRENCH if self.hl == "fr" else _ENGLISH
        place = ""
        if self.city:
            place = f" à {self.city}" if self.hl == "fr" else f" in {self.city}"
        found: list[AskedQuestion] = []
        if self.category:
            for number, text in enumerate(usual["category"], start=1):
                words = text.format(category=self.category, place=place)
                found.append(AskedQuestion(f"category-{number}", "category", words))
        for number, text in enumerate(usual["brand"], start=1):
            found.append(AskedQuestion(f"brand-{number}", "brand", text.format(name=self.name)))
        for number, other in enumerate(self.competitors, start=1):
            for text in usual["comparison"]:
                words = text.format(name=self.name, other=other)
                found.append(AskedQuestion(f"comparison-{number}", "comparison", words))
        return tuple(found)
