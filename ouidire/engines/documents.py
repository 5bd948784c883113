"""Documents of what engines suggest and answer: kinds of their own, apart from what people say.

They are two of the kinds of `ouidire.documents`, which lists all of them.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime

from ouidire.frozen import Frozen
from ouidire.schema import BOOLEAN, DATE, FLOAT, INTEGER, KEYWORD, NESTED, STORED, TEXT

_Keyword = Annotated[str, KEYWORD]
_OptionalKeyword = Annotated[str | None, KEYWORD]
_Keywords = Annotated[tuple[str, ...], KEYWORD]
_OptionalFloat = Annotated[float | None, FLOAT]
_OptionalInteger = Annotated[int | None, INTEGER]
_Date = Annotated[AwareDatetime, DATE]


class SuggestionDocument(Frozen):
    """One list of completions that an engine offered, whole and in its order, in `suggestions`.

    `stem` is the beginning of the search as configured ("{name} arnaque"), `query` as it was asked.
    """

    kind: Annotated[Literal["suggestion"], KEYWORD] = "suggestion"
    id: _Keyword
    revision: Annotated[int, INTEGER]
    source: _Keyword
    source_key: _Keyword
    run_id: _Keyword
    engine: _Keyword
    stem: _Keyword
    query: _Keyword
    brands: _Keywords = ()
    gl: _OptionalKeyword = None
    hl: _OptionalKeyword = None
    captured_at: _Date
    suggestions: _Keywords = ()


class CitationDocument(Frozen):
    """One page that an answer cites: its place from 1, its address, and whose it is."""

    order: Annotated[int, INTEGER]
    url: Annotated[str | None, STORED] = None
    domain: _OptionalKeyword = None
    title: Annotated[str | None, STORED] = None
    owner_brand: _OptionalKeyword = None


class AnswerDocument(Frozen):
    """One answer of an AI assistant to one question: no mention, and in none of their counts and measures.

    `model` is the one that answered. `brands` are those that the question is for, `brands_named` all that the
    answer names, in the order in which they first come. `named` and `cited` are 1 when it names the first of
    `brands`, or cites a page of its own, else 0: their means are shares of answers. All are None
    where the search that the answer should stand on failed.
    """

    kind: Annotated[Literal["answer"], KEYWORD] = "answer"
    id: _Keyword
    revision: Annotated[int, INTEGER]
    source: _Keyword
    source_key: _Keyword
    run_id: _Keyword
    engine: _Keyword
    model: _Keyword
    surface: _Keyword
    web: Annotated[bool, BOOLEAN] = False
    question_id: _Keyword
    question_kind: _Keyword
    question: _Keyword
    question_version: _Keyword = ""
    brands: _Keywords = ()
    gl: _OptionalKeyword = None
    hl: _OptionalKeyword = None
    run_index: Annotated[int, INTEGER] = 1
    asked_at: _Date
    text: Annotated[str, TEXT] = ""
    brands_named: _Keywords = ()
    named: _OptionalFloat = None
    named_first: _OptionalFloat = None
    cited: _OptionalFloat = None
    cited_domains: _Keywords = ()
    citations: Annotated[tuple[CitationDocument, ...], NESTED] = ()
    search_error: _OptionalKeyword = None
    refused: Annotated[bool, BOOLEAN] = False
    truncated: Annotated[bool, BOOLEAN] = False
    tokens_in: _OptionalInteger = None
    tokens_out: _OptionalInteger = None
    cost: _OptionalFloat = None
