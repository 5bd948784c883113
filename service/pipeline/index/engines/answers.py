"""The document of an assistant's answer: which brands it names, in what order, and whose pages it cites.

Pure, so that a rebuild gives the same again. It cannot see whether what the answer says of a brand is true.
"""

from collections.abc import Mapping, Sequence

from enrichment.privacy import mask
from ouidire.engines.answers import AssistantAnswer
from ouidire.engines.documents import AnswerDocument, CitationDocument
from ouidire.settings.brand import Brand
from ouidire.settings.sites import SiteKind
from ouidire.state.runs import Run
from service.pipeline.index.ownership import ownership


def answer_document(
    answer: AssistantAnswer, item_id: str, *, run: Run, brands: Sequence[Brand], sites: Mapping[str, SiteKind]
) -> AnswerDocument:
    """Return the document of an answer; the same answer read again by a later run replaces it."""
    subject = run.brands[0] if run.brands else None
    places = {each.slug: place for each in brands if (place := each.place_in(answer.text)) is not None}
    named = tuple(sorted(places, key=lambda slug: (places[slug], slug)))
    owners = [_owner(each.url, each.domain, brands, subject, sites) for each in answer.citations]
    counts = subject is not None and answer.search_error is None
    return AnswerDocument(
        id=item_id,
        revision=run.sequence,
        source=run.source,
        source_key=run.source_key,
        run_id=run.id,
        engine=answer.engine,
        model=answer.model,
        surface=answer.surface,
        web=answer.web,
        question_id=answer.question_id,
        question_kind=answer.question_kind,
        question=answer.question,
        question_version=answer.version,
        brands=run.brands,
        gl=answer.gl,
        hl=answer.hl,
        run_index=answer.run_index,
        asked_at=answer.asked_at,
        text=mask(answer.text)[0],
        brands_named=named,
        named=float(subject in named) if counts else None,
        named_first=float(named[:1] == (subject,)) if counts else None,
        cited=float(subject in owners) if counts else None,
        cited_domains=tuple(dict.fromkeys(each.domain for each in answer.citations if each.domain)),
        citations=tuple(
            CitationDocument(
                order=each.order, url=each.url, domain=each.domain, title=each.title, owner_brand=owner
            )
            for each, owner in zip(answer.citations, owners, strict=True)
        ),
        search_error=answer.search_error,
        refused=answer.refused,
        truncated=answer.truncated,
        tokens_in=answer.tokens_in,
        tokens_out=answer.tokens_out,
        cost=answer.cost,
    )


def _owner(
    url: str | None,
    domain: str | None,
    brands: Sequence[Brand],
    subject: str | None,
    sites: Mapping[str, SiteKind],
) -> str | None:
    """Return the slug of the monitored brand whose page is cited, by its address or else its domain."""
    address = url or (f"https://{domain}/" if domain else None)
    return ownership(address, brands=brands, subject=subject, sites=sites).brand
