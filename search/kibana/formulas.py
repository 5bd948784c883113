"""A figure of ours → the formula that Kibana's Lens evaluates: its text, its parts, and its tree.

Lens shows nothing where a formula divides by 0, which is how a mean of too few is withheld. Formulas have had
conditions since Kibana 8.6.
"""

from dataclasses import dataclass
from typing import Any

from search.kibana.describe import LensFigure

Json = dict[str, Any]
FormulaPart = tuple[str, str, str]
"""One aggregation of a formula: operation, field, and the documents that it is of (KQL)."""

RECORDS = "___records___"
OPERATIONS = {"sum": "sum", "mean": "average", "min": "min", "max": "max", "last": "last_value"}


@dataclass(frozen=True)
class Formula:
    """A formula as an analyst reads it, and the aggregations that it computes with, in its order."""

    text: str
    parts: tuple[FormulaPart, ...]
    figure: LensFigure

    def tree(self, names: list[str]) -> Json:
        """Return the formula as Lens evaluates it, over the columns of its parts."""
        location: Json = {"location": {"min": 0, "max": len(self.text)}, "text": self.text}
        tree: Any = names[0]
        if self.figure.of in ("ratio", "share"):
            tree = _call("divide", *names)
        if self.figure.fewest:
            enough = _call("gte", names[1], self.figure.fewest)
            lifted: Any = _call("ifelse", _call("gt", names[2], 0), 1, 0) if self.figure.unless else 0
            tree = _call("divide", tree, _call("ifelse", enough, 1, lifted))
        if self.figure.times != 1:
            tree = _call("multiply", self.figure.times, tree)
        return {**tree, **location}


def is_formula(figure: LensFigure) -> bool:
    """Whether a figure needs more than one aggregation, or arithmetic."""
    return figure.of in ("ratio", "share") or figure.times != 1 or figure.fewest > 0


def formula_of(figure: LensFigure) -> Formula:
    """Return the formula of a figure."""
    kql = f", kql='{figure.where}'" if figure.where else ""
    if figure.of == "share":
        counts: tuple[FormulaPart, ...] = (("count", RECORDS, figure.where), ("count", RECORDS, ""))
        return Formula(f"count(kql='{figure.where}') / count()", counts, figure)
    if figure.of == "ratio":
        fields = (figure.field, figure.under)
        sums = tuple(("sum", field, figure.where) for field in fields)
        return Formula(f"sum({figure.field}{kql}) / sum({figure.under}{kql})", sums, figure)
    operation = OPERATIONS[figure.of]
    text, parts = f"{operation}({figure.field}{kql})", [(operation, figure.field, figure.where)]
    if figure.fewest:
        parts.append(("count", figure.field, figure.where))
        lifted = "0"
        if figure.unless:
            parts.append(("count", RECORDS, figure.unless))
            lifted = f"ifelse(count(kql='{figure.unless}') > 0, 1, 0)"
        text += f" / ifelse(count({figure.field}{kql}) >= {figure.fewest}, 1, {lifted})"
    if figure.times != 1:
        text = f"{figure.times} * {text}"
    return Formula(text, tuple(parts), figure)


def _call(name: str, *args: Any) -> Json:  # noqa: ANN401 (JSON)
    return {"type": "function", "name": name, "args": list(args)}
