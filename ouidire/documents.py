"""The seven kinds of document that an index holds: their schema, fixed once.

SQLite tables and Elasticsearch mappings are derived from these models (`ouidire.schema.fields_of`). Every
published point figure is a ratio of sums of the numeric fields here, so that the e-mail, the explorer and
Kibana show the same number; what cannot be summed (intervals, drivers) is stored as `measure` documents. A
field whose name ends in `_balance` is a signed contribution −1…1; it is None where the document says nothing
of the matter and is then left out of both sums.
"""

from typing import Annotated, Literal

from pydantic import Field

from ouidire.engines.documents import AnswerDocument, SuggestionDocument
from ouidire.frozen import Frozen
from ouidire.items import Presence, RunState
from ouidire.schema import (
    BOOLEAN,
    FLOAT,
    INTEGER,
    KEYWORD,
    NESTED,
    STEMS,
    STORED,
    TEXT,
    Date,
    Keyword,
    Keywords,
    Mark,
    OptionalDate,
    OptionalFloat,
    OptionalInteger,
    OptionalKeyword,
    OptionalText,
)

Kind = Literal["mention", "search_result", "suggestion", "answer", "run", "event", "measure"]


OwnershipKind = Literal["owned", "competitor", "review_site", "press", "marketplace", "social", "other"]
"""What the site of a search result is to the brand searched for."""


class AspectDocument(Frozen):
    """One aspect in one sentence of a mention."""

    name: Keyword
    polarity: Keyword
    probability: Annotated[float, FLOAT]
    start: OptionalInteger = None
    end: OptionalInteger = None
    sentence: OptionalInteger = None


class SentenceDocument(Frozen):
    """One sentence of a mention: offsets into its text, and its polarity."""

    start: Annotated[int, INTEGER]
    end: Annotated[int, INTEGER]
    polarity: OptionalFloat = None
    label: OptionalKeyword = None


class EvidenceDocument(Frozen):
    """The words that show an annotation.

    `what` names it: "delight", "intent:leaves", "effort:a_lot", "stage:delivery" …
    """

    what: Keyword
    probability: Annotated[float, FLOAT]
    start: OptionalInteger = None
    end: OptionalInteger = None
    target: OptionalKeyword = None


class MentionDocument(Frozen):
    """A mention with all that was collected and inferred of it.

    `text` is masked; `author_key` is a keyed hash. `answered` says that its site shows a reply of the brand,
    dated (`replied_at`) or not. `source` is how it was read (a slug of the catalogue),
    `site` where it was published (a host; the slug where there is none). `reply_days` is how long a review's
    reply took, where both dates are known to the day; `answer_state` what people or the reply itself decided
    of answering. `corrected` names the fields that a person has corrected; `brands_collected` are the brands
    that it was collected for, where a person says that it concerns others, or none. `emergent` holds the ids
    of the themes that came up by themselves, beside the taxonomy.
    """

    kind: Annotated[Literal["mention"], KEYWORD] = "mention"
    id: Keyword
    revision: Annotated[int, INTEGER]
    mention_kind: Keyword
    source: Keyword
    source_key: Keyword
    site: Keyword = ""
    entity: Keyword
    native_id: OptionalKeyword = None
    run_id: Keyword
    url: Annotated[str | None, STORED] = None
    brands: Keywords = ()
    brands_mentioned: Keywords = ()
    place: OptionalKeyword = None
    country: OptionalKeyword = None
    subject: OptionalKeyword = None
    language: Keyword = "und"
    title: OptionalText = None
    text: Annotated[str, TEXT] = ""
    stems: Annotated[str, STEMS] = ""
    words: Annotated[str, STEMS] = ""
    reply: OptionalText = None
    reply_days: OptionalFloat = None
    answer_state: OptionalKeyword = None
    author_key: OptionalKeyword = None
    published_at: OptionalDate = None
    published_precision: OptionalKeyword = None
    period_at: Date
    experienced_at: OptionalDate = None
    updated_at: OptionalDate = None
    replied_at: OptionalDate = None
    answered: Annotated[bool, BOOLEAN] = False
    first_seen_at: Date
    late: Annotated[bool, BOOLEAN] = False
    presence: Annotated[Presence, KEYWORD] = "present"
    rating: OptionalFloat = None
    rating_best: OptionalFloat = None
    stars: OptionalFloat = None
    asked_score: OptionalFloat = None
    verified: Annotated[bool | None, BOOLEAN] = None
    likes: OptionalInteger = None
    reach: OptionalInteger = None
    sentiment: OptionalKeyword = None
    sentiment_abstains: Annotated[bool | None, BOOLEAN] = None
    polarity: OptionalFloat = None
    sentiment_balance: OptionalFloat = None
    p_negative: OptionalFloat = None
    p_neutral: OptionalFloat = None
    p_positive: OptionalFloat = None
    estimated_stars: OptionalFloat = None
    advocacy: OptionalKeyword = None
    advocacy_basis: OptionalKeyword = None
    likelihood: OptionalFloat = None
    p_promoter: OptionalFloat = None
    p_passive: OptionalFloat = None
    p_detractor: OptionalFloat = None
    advocacy_balance: OptionalFloat = None
    advocacy_spread: OptionalFloat = None
    read_balance: OptionalFloat = None
    delight: OptionalFloat = None
    irritation: OptionalFloat = None
    intents: Keywords = ()
    leaves_for: Keywords = ()
    effort: OptionalKeyword = None
    effort_score: OptionalFloat = None
    stages: Keywords = ()
    stage_polarity: Keywords = ()
    memory_peak: OptionalFloat = None
    memory_end: OptionalFloat = None
    memory_mean: OptionalFloat = None
    aspects: Annotated[tuple[AspectDocument, ...], NESTED] = ()
    aspect_names: Keywords = ()
    aspect_polarity: Keywords = ()
    sentences: Annotated[tuple[SentenceDocument, ...], NESTED] = ()
    evidence: Annotated[tuple[EvidenceDocument, ...], NESTED] = ()
    masked: Keywords = ()
    duplicate_of: OptionalKeyword = None
    suspicion: Keywords = ()
    corrected: Keywords = ()
    brands_collected: Keywords = ()
    versions: Keywords = ()
    vector: Annotated[tuple[int, ...] | None, Mark("vector", dims=384)] = None
    theme_vectors: Annotated[str | None, STORED] = None
    emergent: Keywords = ()


class SearchResultDocument(Frozen):
    """One entry of a results page.

    `position_weight` and `favourability` make the first-page score a ratio of sums.

    `brand_present` is 1 on the one entry that stands for its page (rank 1, or the "no results" mark) when the
    brand appears anywhere on it, else 0; None on all other entries: its mean over category pages is the
    consideration.
    """

    kind: Annotated[Literal["search_result"], KEYWORD] = "search_result"
    id: Keyword
    revision: Annotated[int, INTEGER]
    snapshot_id: Keyword
    source: Keyword
    source_key: Keyword
    run_id: Keyword
    engine: Keyword
    query: Keyword
    query_kind: Keyword
    brands: Keywords = ()
    gl: OptionalKeyword = None
    hl: OptionalKeyword = None
    device: Keyword = "desktop"
    page_number: Annotated[int, INTEGER] = 1
    captured_at: Date
    type: Keyword
    position: Annotated[int, INTEGER]
    rank: Annotated[int, INTEGER]
    url: Annotated[str | None, STORED] = None
    canonical_url: OptionalKeyword = None
    domain: OptionalKeyword = None
    title: OptionalText = None
    snippet: OptionalText = None
    stems: Annotated[str, STEMS] = ""
    words: Annotated[str, STEMS] = ""
    ownership: OptionalKeyword = None
    owner_brand: OptionalKeyword = None
    stance: OptionalKeyword = None
    stance_probability: OptionalFloat = None
    position_weight: OptionalFloat = None
    favourability: OptionalFloat = None
    weighted_favourability: OptionalFloat = None
    brand_present: OptionalFloat = None
    shown_rating: OptionalFloat = None
    shown_rating_best: OptionalFloat = None
    shown_rating_count: OptionalInteger = None
    versions: Keywords = ()


class FillRate(Frozen):
    """The share (0–1) of a run's items in which a field was filled, and the usual share of that source."""

    field: Keyword
    rate: Annotated[float, FLOAT]
    usual: OptionalFloat = None


class RunDocument(Frozen):
    """One execution of one source, with its one status.

    `missed` counts the times just before it at which none began. `silent` names the engines of a metasearch
    that did not answer.
    """

    kind: Annotated[Literal["run"], KEYWORD] = "run"
    id: Keyword
    revision: Annotated[int, INTEGER]
    source: Keyword
    source_key: Keyword
    brands: Keywords = ()
    status: Annotated[RunState, KEYWORD]
    reason: OptionalText = None
    started_at: Date
    finished_at: OptionalDate = None
    requests: Annotated[int, INTEGER] = 0
    pages: Annotated[int, INTEGER] = 0
    items: Annotated[int, INTEGER] = 0
    rejected: Annotated[int, INTEGER] = 0
    refused_by_robots: Annotated[int, INTEGER] = 0
    new: Annotated[int, INTEGER] = 0
    updated: Annotated[int, INTEGER] = 0
    unchanged: Annotated[int, INTEGER] = 0
    vanished: Annotated[int, INTEGER] = 0
    missed: Annotated[int, INTEGER] = 0
    declared_total: OptionalInteger = None
    complete: Annotated[bool, BOOLEAN] = False
    silent: Keywords = ()
    fill_rates: Annotated[tuple[FillRate, ...], NESTED] = ()


EventType = Literal[
    "edited", "vanished", "restored", "entrant", "exit", "rank_moved", "rating_moved", "status_changed"
]


class EventDocument(Frozen):
    """A change of something known: a review edited, a result that entered the first page.

    `before` and `after` are short and masked; `stars_before` and `stars_after` where a rating was edited.
    """

    kind: Annotated[Literal["event"], KEYWORD] = "event"
    id: Keyword
    revision: Annotated[int, INTEGER]
    type: Annotated[EventType, KEYWORD]
    at: Date
    run_id: Keyword
    source: Keyword
    source_key: Keyword
    brands: Keywords = ()
    subject_id: Keyword
    subject: OptionalText = None
    url: Annotated[str | None, STORED] = None
    query: OptionalKeyword = None
    before: OptionalText = None
    after: OptionalText = None
    stars_before: OptionalFloat = None
    stars_after: OptionalFloat = None


class MeasureDocument(Frozen):
    """A figure that cannot be summed from documents.

    It is a digest's figure with its interval, a driver (`driver_nps` …: points that its subject, a theme and
    side, is associated with, at least, since coding errors draw them towards 0; `n` texts say so), or an
    average that a site shows. Also the share of a run's mentions in which a field was filled, as `filled`,
    the field being its subject.
    """

    kind: Annotated[Literal["measure"], KEYWORD] = "measure"
    id: Keyword
    revision: Annotated[int, INTEGER]
    name: Keyword
    brands: Keywords = ()
    source: OptionalKeyword = None
    source_key: OptionalKeyword = None
    subject: OptionalKeyword = None
    place: OptionalKeyword = None
    period_start: OptionalDate = None
    period_end: OptionalDate = None
    at: Date
    value: OptionalFloat = None
    low: OptionalFloat = None
    high: OptionalFloat = None
    best: OptionalFloat = None
    n: Annotated[int, INTEGER] = 0
    basis: OptionalKeyword = None
    run_id: OptionalKeyword = None
    versions: Keywords = ()


Document = Annotated[
    MentionDocument
    | SearchResultDocument
    | SuggestionDocument
    | AnswerDocument
    | RunDocument
    | EventDocument
    | MeasureDocument,
    Field(discriminator="kind"),
]
MODELS: dict[
    Kind,
    type[
        MentionDocument
        | SearchResultDocument
        | SuggestionDocument
        | AnswerDocument
        | RunDocument
        | EventDocument
        | MeasureDocument
    ],
] = {
    "mention": MentionDocument,
    "search_result": SearchResultDocument,
    "suggestion": SuggestionDocument,
    "answer": AnswerDocument,
    "run": RunDocument,
    "event": EventDocument,
    "measure": MeasureDocument,
}
SCHEMA_VERSION = 7
"""Grows whenever a model here changes; an index built for another version is rebuilt."""
