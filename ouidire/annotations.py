"""Models of the annotations that analysers give to a text.

Spans are code-point offsets into the masked text (masking keeps length, so they hold in the verbatim too). A
field is None where the text says nothing of the matter, or no analyser of today fills it: absence of evidence
is never a zero.
"""

from typing import Literal

from pydantic import Field

from ouidire.frozen import Frozen

Label = Literal["negative", "neutral", "positive", "mixed"]
EffortLevel = Literal["none", "some", "a_lot"]
Intent = Literal[
    "recommends", "warns_off", "tells_others", "comes_back", "leaves", "asks_answer", "would_pay_more"
]
Stage = Literal[
    "need",
    "search",
    "selection",
    "purchase",
    "delivery",
    "use",
    "maintenance",
    "recommendation",
    "customer_service",
]
AdvocacyBasis = Literal["asked", "estimated", "star_proxy"]
SuspicionReason = Literal["burst", "duplicate", "incentivised", "invited", "templated"]
"""Why a mention is to be read with care; never that it is false."""
Probability = Field(ge=0, le=1)


class Span(Frozen):
    """A stretch of the text, `start` included and `end` excluded, in code points."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Sentiment(Frozen):
    """Five-star distribution (1★ first, sums to 1), its polarity −1…1 and a label with its probability.

    The probability is calibrated. `abstain` is true where the label is not to be relied on; the distribution
    is given all the same.
    """

    stars: tuple[float, float, float, float, float]
    polarity: float = Field(ge=-1, le=1)
    label: Label
    probability: float = Probability
    p_negative: float = Probability
    p_neutral: float = Probability
    p_positive: float = Probability
    abstain: bool = False


class Probabilities(Frozen):
    """Chances of the three classes; they sum to 1."""

    promoter: float = Probability
    passive: float = Probability
    detractor: float = Probability


class Advocacy(Frozen):
    """Likelihood to recommend (0–10) and the chances of each class; `basis` is what they come from."""

    likelihood: float = Field(ge=0, le=10)
    probabilities: Probabilities
    basis: AdvocacyBasis


class Peak(Frozen):
    """Delight or irritation: the chance that the text describes a peak, and the words that show it."""

    probability: float = Probability
    spans: tuple[Span, ...] = ()


class IntentFound(Frozen):
    """An intent that the text states; `target` is to whom or what (the brand one leaves for)."""

    name: Intent
    probability: float = Probability
    span: Span | None = None
    target: str | None = None


class Effort(Frozen):
    """The hassle that a text describes."""

    level: EffortLevel
    probability: float = Probability
    span: Span | None = None


class StageFound(Frozen):
    """A stage of the journey that the text concerns, with its polarity −1…1 there."""

    name: Stage
    probability: float = Probability
    polarity: float | None = Field(default=None, ge=-1, le=1)
    span: Span | None = None


class Memory(Frozen):
    """Peak, end and mean of the sentences' polarities, each −1…1 (peak–end rule, Kahneman et al. 1993)."""

    peak: float = Field(ge=-1, le=1)
    end: float = Field(ge=-1, le=1)
    mean: float = Field(ge=-1, le=1)


class AspectFound(Frozen):
    """One aspect of the taxonomy in one sentence, with its polarity and the words that name it."""

    name: str
    polarity: Label
    probability: float = Probability
    span: Span | None = None
    sentence: int | None = None


class Sentence(Frozen):
    """One sentence of the text with its own polarity."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    polarity: float | None = Field(default=None, ge=-1, le=1)
    label: Label | None = None


class Language(Frozen):
    """ISO 639-1 code identified from the text ("und": undetermined) and the chance that it is right."""

    code: str
    probability: float = Probability


class Annotations(Frozen):
    """All annotations of one text. `versions` names each analyser that ran, e.g. "sentiment@2".

    `theme_vectors` packs the vectors for grouping of the whole and of each sentence (`ouidire.text.vectors`).
    """

    language: Language | None = None
    masked: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    sentiment: Sentiment | None = None
    advocacy: Advocacy | None = None
    delight: Peak | None = None
    irritation: Peak | None = None
    intents: tuple[IntentFound, ...] = ()
    effort: Effort | None = None
    journey: tuple[StageFound, ...] = ()
    memory: Memory | None = None
    aspects: tuple[AspectFound, ...] = ()
    vector: tuple[int, ...] | None = None
    theme_vectors: str | None = None
    versions: tuple[str, ...] = ()
