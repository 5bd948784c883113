"""Marks on the fields of document models, from which every back-end derives its tables and mappings.

A field of a document is `Annotated[type, mark]`; `fields_of` lists them in order. This module cannot see
SQLite or Elasticsearch: each back-end maps `FieldType` to its own types.
"""

from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

FieldType = Literal[
    "keyword", "text", "stems", "integer", "float", "boolean", "date", "vector", "nested", "stored"
]


@dataclass(frozen=True)
class Mark:
    """How a field is indexed.

    keyword: exact value, filter and facet · text: words for people (kept, and analysed by Elasticsearch for
    Kibana) · stems: words stemmed by us, what our search reads · integer, float, boolean, date: filter, sort
    and sums · vector: quantised embedding of `dims` integers · nested: a list of sub-documents queried as
    units · stored: kept, never searched.
    """

    type: FieldType
    dims: int = 0


KEYWORD = Mark("keyword")
TEXT = Mark("text")
STEMS = Mark("stems")
INTEGER = Mark("integer")
FLOAT = Mark("float")
BOOLEAN = Mark("boolean")
DATE = Mark("date")
NESTED = Mark("nested")
STORED = Mark("stored")
Keyword = Annotated[str, KEYWORD]
OptionalKeyword = Annotated[str | None, KEYWORD]
Keywords = Annotated[tuple[str, ...], KEYWORD]
OptionalText = Annotated[str | None, TEXT]
OptionalFloat = Annotated[float | None, FLOAT]
OptionalInteger = Annotated[int | None, INTEGER]
Date = Annotated[AwareDatetime, DATE]
OptionalDate = Annotated[AwareDatetime | None, DATE]


@dataclass(frozen=True)
class FieldSpec:
    """One field of a document kind.

    `many` says whether it holds many values; `fields` are its sub-fields when it is nested.
    """

    name: str
    type: FieldType
    many: bool
    dims: int = 0
    fields: tuple["FieldSpec", ...] = ()


@cache
def fields_of(model: type[BaseModel]) -> tuple[FieldSpec, ...]:
    """List the marked fields of a document model, in order of definition.

    Raises:
        TypeError: a field has no mark; nothing is indexed by accident.
    """
    return tuple(
        _spec(model, name, info.annotation, info.metadata) for name, info in model.model_fields.items()
    )


def _spec(model: type[BaseModel], name: str, annotation: Any, metadata: list[Any]) -> FieldSpec:  # noqa: ANN401 (typing objects)
    mark = next((each for each in metadata if isinstance(each, Mark)), None)
    if mark is None:
        message = f"{model.__name__}.{name} has no mark: say how it is indexed (ouidire/schema.py)"
        raise TypeError(message)
    many, inner = _unwrapped(annotation)
    sub = fields_of(inner) if mark.type == "nested" else ()
    return FieldSpec(
        name=name, type=mark.type, many=many and mark.type != "vector", dims=mark.dims, fields=sub
    )


def _unwrapped(annotation: Any) -> tuple[bool, Any]:  # noqa: ANN401 (typing objects)
    """Return (holds many, inner type) of `X`, `X | None` or `tuple[X, ...]`."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(each for each in get_args(annotation) if each is not NoneType)
    if get_origin(annotation) is tuple:
        return True, get_args(annotation)[0]
    return False, annotation
