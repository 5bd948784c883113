"""The themes that came up by themselves in a period, each with two of its sentences.

They were tested when they were opened, as one family of their own; nothing is tested here. It cannot see a
theme that a scope's mentions do not have.
"""

from ouidire.documents import MeasureDocument, MentionDocument
from ouidire.index import Query, Range, Sort, Term
from reports.builders.period_sums import PeriodSums
from reports.builders.quotes import are_alike, quote_words
from reports.data.scope import PRESENT
from reports.data.sections import NewTheme, Quote
from reports.typography import one_line, shortened, tame

MOST = 3
"""Themes of one period: more are a list."""
SENTENCES = 2
CANDIDATES = 40
LONGEST_LABEL = 60
LONGEST = 160
"""Characters of a sentence beside which a shorter one is preferred."""
PREFIX = "theme-"
"""What comes before a theme's id in the id of its measure document."""


def new_themes(sums: PeriodSums) -> tuple[NewTheme, ...]:
    """Return the themes that the period brought, those of most mentions first; at most three."""
    where = (
        Term(field="name", any_of=("new_theme",)),
        Term(field="brands", any_of=(sums.scope.brand,)),
        Range(field="period_start", gte=sums.edges[-2], lt=sums.edges[-1]),
    )
    hits = sums.reader.search(Query(kind="measure", where=where), size=100).hits
    found = []
    for document in (hit.document for hit in hits):
        if isinstance(document, MeasureDocument) and document.subject:
            theme = _theme(sums, document.id.removeprefix(PREFIX), document.subject)
            if theme is not None:
                found.append(theme)
    return tuple(sorted(found, key=lambda each: (-each.n, each.id))[:MOST])


def _theme(sums: PeriodSums, theme_id: str, label: str) -> NewTheme | None:
    """Return a theme as the scope's mentions of the period show it; None where they show nothing of it."""
    where = (*sums.where, Term(field="emergent", any_of=(theme_id,)))
    n = sums.reader.sums(Query(where=where)).n
    if not n:
        return None
    return NewTheme(
        id=theme_id,
        label=shortened(one_line(tame(label)), LONGEST_LABEL),
        n=n,
        quotes=_quotes(sums, theme_id, label),
    )


def _quotes(sums: PeriodSums, theme_id: str, label: str) -> tuple[Quote, ...]:
    """Return sentences that hold the theme's words, of different people; the whole text where none does."""
    query = Query(
        where=(*sums.where, Term(field="emergent", any_of=(theme_id,)), *PRESENT),
        sort=(Sort(field="period_at"),),
    )
    taken: list[MentionDocument] = []
    quotes: list[Quote] = []
    spoken = []
    for hit in sums.reader.search(query, size=CANDIDATES).hits:
        if isinstance(hit.document, MentionDocument):
            start, end, says = _sentence(hit.document, label)
            spoken.append((not says, end - start > LONGEST, hit.document, start, end))
    for _, _, document, start, end in sorted(spoken, key=lambda each: (each[0], each[1], each[2].id)):
        if len(quotes) < SENTENCES and not any(are_alike(document, other) for other in taken):
            quotes.append(quote_words(document, "typical", start, end))
            taken.append(document)
    return tuple(quotes)


def _sentence(document: MentionDocument, label: str) -> tuple[int, int, bool]:
    """Return the first sentence that holds the label's words, and whether there is one."""
    wanted = " ".join(label.casefold().split())
    for each in document.sentences:
        if wanted in " ".join(document.text[each.start : each.end].casefold().split()):
            return each.start, each.end, True
    return 0, len(document.text), False
