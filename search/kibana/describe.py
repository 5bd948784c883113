"""The vocabulary that dashboards are described in: figures, splits, charts.

It cannot see how Kibana writes them.

Every figure is a count, a sum, a mean, or a ratio of sums, so that it is the digest's own; nothing
approximate is offered. Labels, titles and descriptions are keys of the catalogue `kibana`
(`ouidire.text.catalogue`).
"""

from dataclasses import dataclass
from typing import Literal

from ouidire.documents import Kind

PanelShape = Literal["metric", "line", "bar", "bar_horizontal", "table"]
Format = Literal["number", "percent", "date", "text"]


@dataclass(frozen=True)
class LensFigure:
    """One column of numbers: `of` is what is computed of `field`, for documents that meet `where` (KQL).

    mean × `times`; ratio: Σ `field` / Σ `under`, or, without fields, the share of documents that meet
    `where`. A mean over less than `fewest` values is shown as nothing, unless the group has documents that
    meet `unless` (KQL; "" where none lifts the limit).
    """

    label: str
    of: Literal["count", "sum", "mean", "min", "max", "last", "ratio", "share"]
    field: str = ""
    under: str = ""
    where: str = ""
    times: int = 1
    shown: Format = "number"
    decimals: int = 1
    fewest: int = 0
    unless: str = ""


@dataclass(frozen=True)
class Split:
    """Groups by a field: its most frequent values, or intervals of a date (`every`).

    `only` is a regular expression.
    """

    label: str
    field: str
    size: int = 10
    every: str = ""
    only: str = ""


@dataclass(frozen=True)
class Chart:
    """One panel: figures of a kind's documents that meet `where`, by `x`; each group of `by` is a line.

    `ranked`: rows of a table by their first figure, highest first.
    """

    key: str
    title: str
    shape: PanelShape
    kind: Kind
    figures: tuple[LensFigure, ...]
    x: Split | None = None
    by: Split | None = None
    where: str = ""
    stacked: bool = False
    ranked: bool = False


@dataclass(frozen=True)
class SavedSearch:
    """A saved search: documents as rows, `columns` the fields shown, latest first by `sort`."""

    key: str
    title: str
    kind: Kind
    columns: tuple[str, ...]
    sort: str
    where: str = ""


@dataclass(frozen=True)
class Placed:
    """A panel and its size on a grid of 48 columns; panels follow one another, row by row."""

    panel: Chart | SavedSearch
    width: int
    height: int


@dataclass(frozen=True)
class Control:
    """A choice above a dashboard, of the values of a field."""

    label: str
    kind: Kind
    field: str


@dataclass(frozen=True)
class Dashboard:
    """One page of Kibana."""

    key: str
    title: str
    about: str
    panels: tuple[Placed, ...]
    controls: tuple[Control, ...]


TIME_FIELDS: dict[Kind, str] = {
    "mention": "period_at",
    "search_result": "captured_at",
    "suggestion": "captured_at",
    "answer": "asked_at",
    "run": "started_at",
    "event": "at",
    "measure": "at",
}
"""The date that Kibana's time picker filters by: a digest's own."""
