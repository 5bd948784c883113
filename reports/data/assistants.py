"""What AI assistants answer, as a digest shows it. Data only."""

from ouidire.engines.answers import QuestionKind
from ouidire.frozen import Frozen
from ouidire.measures import Figure


class AssistantRow(Frozen):
    """One engine's answers of the period to the questions of one kind.

    `named` is the share of them that name the brand, `first` counts those that name it before every other
    monitored brand, `cited` those that cite a page of its own. `models` answered; `models_before` those of
    the last answers before the period, empty where there were none: another model is another series.
    """

    engine: str
    web: bool
    question_kind: QuestionKind
    n: int
    named: Figure
    named_count: int
    first: int = 0
    cited: int = 0
    refused: int = 0
    models: tuple[str, ...] = ()
    models_before: tuple[str, ...] = ()
    named_before: Figure | None = None
    n_before: int = 0

    @property
    def changed_model(self) -> bool:
        """Whether other models have answered than before."""
        return bool(self.models_before) and set(self.models) != set(self.models_before)


class Assistants(Frozen):
    """What assistants answered in the period; `domains` are the sites most cited, with the answers that do.

    `failed` counts answers left out, since the search that they should stand on failed; `cost` is what they
    all cost, in the currency of the configured prices.
    """

    rows: tuple[AssistantRow, ...] = ()
    answers: int = 0
    domains: tuple[tuple[str, int], ...] = ()
    failed: int = 0
    cost: float | None = None
