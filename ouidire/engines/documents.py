"""Documents of what engines suggest and answer: kinds of their own, apart from what people say.

They are two of the kinds of `ouidire.documents`, which lists all of them.
"""

from typing import Annotated, Literal

from ouidire.frozen import Frozen
from ouidire.schema import (
    BOOLEAN,
    INTEGER,
    KEYWORD,
    NESTED,
    STORED,
    TEXT,
    Date,
    Keyword,
    Keywords,
    OptionalFloat,
    OptionalInteger,
    OptionalKeyword,
)


class SuggestionDocument(Frozen):
    """One list of completions that an engine offered, whole and in its order, in `suggestions`.

    `stem` is the beginning of the search as configured ("{name} arnaque"), `query` as it was asked.
    """

    kind: Annotated[Literal["suggestion"], KEYWORD] = "suggestion"
    id: Keyword
    revision: Annotated[int, INTEGER]
    source: Keyword
    source_key: Keyword
    run_id: Keyword
    engine: Keyword
    stem: Keyword
    query: Keyword
    brands: Keywords = ()
    gl: OptionalKeyword = None
    hl: OptionalKeyword = None
    captured_at: Date
    suggestions: Keywords = ()


class CitationDocument(Frozen):
    """One page that an answer cites: its place from 1, its address, and whose it is."""

    order: Annotated[int, INTEGER]
    url: Annotated[str | None, STORED] = None
    domain: OptionalKeyword = None
    title: Annotated[str | None, STORED] = None
    owner_brand: OptionalKeyword = None


class AnswerDocument(Frozen):
    """One answer of an AI assistant to one question: no mention, and in none of their counts and measures.

    `model` is the one that answered. `brands` are those that the question is for, `brands_named` all that the
    answer names, in the order in which they first come. `named` and `cited` are 1 when it names the first of
    `brands`, or cites a page of its own, else 0: their means are shares of answers. All are None
    where the search that the answer should stand on failed.
    """

    kind: Annotated[Literal["answer"], KEYWORD] = "answer"
    id: Keyword
    revision: Annotated[int, INTEGER]
    source: Keyword
    source_key: Keyword
    run_id: Keyword
    engine: Keyword
    model: Keyword
    surface: Keyword
    web: Annotated[bool, BOOLEAN] = False
    question_id: Keyword
    question_kind: Keyword
    question: Keyword
    question_version: Keyword = ""
    brands: Keywords = ()
    gl: OptionalKeyword = None
    hl: OptionalKeyword = None
    run_index: Annotated[int, INTEGER] = 1
    asked_at: Date
    text: Annotated[str, TEXT] = ""
    brands_named: Keywords = ()
    named: OptionalFloat = None
    named_first: OptionalFloat = None
    cited: OptionalFloat = None
    cited_domains: Keywords = ()
    citations: Annotated[tuple[CitationDocument, ...], NESTED] = ()
    search_error: OptionalKeyword = None
    refused: Annotated[bool, BOOLEAN] = False
    truncated: Annotated[bool, BOOLEAN] = False
    tokens_in: OptionalInteger = None
    tokens_out: OptionalInteger = None
    cost: OptionalFloat = None
