"""Search by meaning over an index: a view's likeness, to a text or to a mention, as hits.

The text is masked, then read by the bundled encoder, as mentions are; it is kept nowhere. Where another model
reads mentions (`enrichment.model`), they have no vectors: words alone are compared.
"""

from collections.abc import Sequence

from ouidire.documents import MentionDocument
from ouidire.index import Hits, MentionIndex, Query, Term
from ouidire.settings.configuration import Settings
from reports.explore.problem import ViewError
from reports.explore.view import MentionView
from search.likeness import LikeAnswer, find_like, find_similar, folded

SIMILAR = 5
"""Similar mentions that a mention's own page shows."""


def vector_of(text: str, settings: Settings) -> Sequence[int] | None:
    """Return the vector of a text, as mentions have; None where it says nothing, or nothing can read it."""
    from enrichment.analysers.embedding import quantised
    from enrichment.analysers.encode import says_something
    from enrichment.models.encoder import bundled
    from enrichment.privacy import mask

    if settings.enrichment.model or not says_something(text):
        return None
    masked, _ = mask(text, mask_names=settings.privacy.mask_names)
    (found,) = bundled().read([masked], [()])
    return None if found.vector is None else quantised(found.vector)


def answer_by_likeness(
    settings: Settings, index: MentionIndex, query: Query, view: MentionView, *, size: int
) -> LikeAnswer:
    """Return the mentions most like what a view names, among those that its query keeps.

    Raises ViewError for a mention that there is not, IndexUnavailable.
    """
    if view.like_id:
        document = index.get("mention", view.like_id)
        if not isinstance(document, MentionDocument):
            raise ViewError("no_such_mention", value=view.like_id)
        return find_similar(index, document, query, size=size)
    return find_like(index, query, view.like, vector_of(view.like, settings), size=size)


def hits_by_likeness(
    settings: Settings, index: MentionIndex, query: Query, view: MentionView, *, size: int
) -> Hits:
    """Return the same as one page of hits; `total` counts all that the filters keep."""
    answer = answer_by_likeness(settings, index, query, view, size=size)
    return Hits(total=answer.kept, hits=answer.hits)


def listed_by_likeness(
    settings: Settings, index: MentionIndex, query: Query, view: MentionView, *, size: int
) -> Query:
    """Return the query that keeps exactly the mentions that a list by likeness shows."""
    answer = answer_by_likeness(settings, index, query, view, size=size)
    ids = tuple(hit.document.id for hit in answer.hits)
    return query.model_copy(update={"where": (*query.where, Term(field="id", any_of=ids))})


def similar_mentions(index: MentionIndex, document: MentionDocument, *, size: int = SIMILAR) -> LikeAnswer:
    """Return the mentions of the same brands most like one in meaning, near-duplicates folded."""
    where = (Term(field="brands", any_of=document.brands),) if document.brands else ()
    return find_similar(index, document, folded(Query(where=where)), size=size)


def has_vector(document: MentionDocument) -> bool:
    """Return whether a mention can be compared with others in meaning."""
    return document.vector is not None and any(document.vector)
