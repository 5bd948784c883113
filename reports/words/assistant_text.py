"""What AI assistants answer, in words. As `reports.words.figure_text`, it decides nothing."""

from reports.data.assistants import AssistantRow
from reports.words.figure_text import FigureText

_ENGINES = {
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "gemini": "Gemini",
    "mistral": "Mistral",
    "perplexity": "Perplexity",
    "ollama": "Ollama",
}


class AssistantText:
    """The lines on one context's assistants, in one language."""

    def __init__(self, figures: FigureText) -> None:
        self.context = figures.context
        self.localizer = figures.localizer
        self.say = figures.say
        self.figures = figures

    def lead(self) -> str:
        """Return what was asked of whom, as one sentence."""
        found = self.context.assistants
        if found is None:
            return ""
        engines = self.localizer.together(sorted({self.engine(row) for row in found.rows}))
        return self.say("assistants.lead", n=found.answers, engines=engines, brand=self.context.brand.name)

    def mail_lines(self) -> list[str]:
        """Return how often all engines name the brand where a question does not, for the short mail."""
        found = self.context.assistants
        rows = [row for row in found.rows if row.question_kind == "category"] if found else []
        if not rows:
            return []
        named, asked = sum(row.named_count for row in rows), sum(row.n for row in rows)
        return [self.say("assistants.mail", n=named, of=self.localizer.number(asked))]

    def engine(self, row: AssistantRow) -> str:
        """Return an engine's name; one that did not search answers from memory."""
        name = _ENGINES.get(row.engine, row.engine)
        return name if row.web else self.say("assistants.memory", engine=name)

    def title(self, row: AssistantRow) -> str:
        """Return which engine answered which questions."""
        return f"{self.engine(row)} · {self.say(f'assistants.kind_{row.question_kind}')}"

    def line(self, row: AssistantRow) -> str:
        """Return how often the brand is named, with its interval, and what goes with it.

        A question that names the brand itself makes an answer that does: then the answers are only counted.
        """
        figure = row.named
        interval = ""
        if figure.low is not None and figure.high is not None:
            low, high = (self.localizer.number(100 * each) for each in (figure.low, figure.high))
            interval = self.say("assistants.interval", low=low, high=high)
        named = self.say("assistants.named", n=row.named_count, of=self.localizer.number(row.n))
        if row.question_kind != "category":
            named, interval = self.say("assistants.count", n=row.n), ""
        first = 0 if row.question_kind == "brand" else row.first
        counted = (("first", first), ("cited", row.cited), ("refused", row.refused))
        told = [self.say(f"assistants.{name}", n=n) for name, n in counted if n]
        return ", ".join(part for part in (named, interval, *told) if part)

    def before(self, row: AssistantRow) -> str:
        """Return what it was before, or that another model answers now; nothing where nothing was before."""
        if row.changed_model:
            before, now = (", ".join(models) for models in (row.models_before, row.models))
            return self.say("assistants.model_changed", before=before, now=now)
        if row.named_before is None or row.question_kind != "category":
            return ""
        count = round((row.named_before.value or 0) * row.n_before)
        return self.say("assistants.before", n=count, of=self.localizer.number(row.n_before))

    def notes(self) -> list[str]:
        """Return which sites are cited most, what was left out, and how to read this."""
        found = self.context.assistants
        if found is None:
            return []
        notes = []
        if found.domains:
            named = [f"{domain} ({self.localizer.number(n)})" for domain, n in found.domains]
            notes.append(self.say("assistants.domains", list=", ".join(named)))
        if found.failed:
            notes.append(self.say("assistants.failed", n=found.failed))
        return [*notes, self.say("assistants.note")]
