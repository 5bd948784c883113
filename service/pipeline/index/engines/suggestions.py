"""The document of a list of suggestions. Pure, so that a rebuild gives the same again."""

from ouidire.engines.documents import SuggestionDocument
from ouidire.serp import SuggestionList
from ouidire.state.runs import Run


def suggestion_document(listed: SuggestionList, item_id: str, *, run: Run) -> SuggestionDocument:
    """Return the document of a list; the same list read again by a later run replaces it."""
    return SuggestionDocument(
        id=item_id,
        revision=run.sequence,
        source=run.source,
        source_key=run.source_key,
        run_id=run.id,
        engine=listed.engine,
        stem=listed.stem,
        query=listed.query,
        brands=run.brands,
        gl=listed.gl,
        hl=listed.hl,
        captured_at=listed.captured_at,
        suggestions=listed.suggestions,
    )
