"""The dashboard « Ce que répondent les assistants »: machines' answers, apart from what people say."""

from search.kibana.describe import Chart, Control, Dashboard, LensFigure, Placed, SavedSearch, Split

_NAMED = LensFigure("assistants.named", "mean", "named", shown="percent")
_CITED = LensFigure("assistants.cited", "mean", "cited", shown="percent")
_ANSWERS = LensFigure("assistants.answers", "count", decimals=0)
_WEEK = Split("splits.week", "asked_at", every="1w")
_MODEL = Split("assistants.model", "model", 8)
_CATEGORY = "question_kind: category and named: *"
ANSWERS = SavedSearch(
    "answers",
    "assistants.each_answer",
    "answer",
    ("engine", "model", "question", "text", "brands_named", "cited_domains", "named", "cited", "cost"),
    sort="asked_at",
)
ASSISTANTS = Dashboard(
    "assistants",
    "assistants.title",
    "assistants.about",
    (
        Placed(Chart("named", "assistants.named", "metric", "answer", (_NAMED,), where=_CATEGORY), 16, 7),
        Placed(Chart("cited", "assistants.cited", "metric", "answer", (_CITED,), where=_CATEGORY), 16, 7),
        Placed(
            Chart(
                "cost",
                "assistants.cost",
                *("metric", "answer"),
                (LensFigure("assistants.cost", "sum", "cost", decimals=2),),
            ),
            16,
            7,
        ),
        Placed(
            Chart(
                "named-weeks",
                "assistants.named_by_week",
                *("line", "answer", (_NAMED,), _WEEK, _MODEL, _CATEGORY),
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "brands",
                "assistants.brands",
                *("bar_horizontal", "answer", (_ANSWERS,)),
                Split("splits.brand", "brands_named", 10),
                where=_CATEGORY,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "domains",
                "assistants.domains",
                *("table", "answer", (_ANSWERS,)),
                Split("splits.domain", "cited_domains", 20),
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "questions",
                "assistants.questions",
                *("table", "answer", (_ANSWERS, _NAMED, _CITED)),
                Split("assistants.question", "question", 30),
            ),
            24,
            15,
        ),
        Placed(ANSWERS, 48, 18),
    ),
    (
        Control("splits.brand", "answer", "brands"),
        Control("assistants.engine", "answer", "engine"),
    ),
)
