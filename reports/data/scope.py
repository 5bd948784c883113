"""What a digest reads: a brand's mentions, or only those of some places, products, sources or languages.

It is data and the index clauses that it stands for. Runs and results pages know no place or language: what
could not be seen, and the first page, are always the whole brand's (of the chosen sources).
"""

from ouidire.frozen import Frozen
from ouidire.index import Exists, Range, Term
from ouidire.measures.figure import FEWEST_OF_A_PLACE
from ouidire.settings.editions import Role

Where = tuple[Term | Range | Exists, ...]


class Scope(Frozen):
    """The mentions of `brand` that have one of each kind of value named; where none is named, all."""

    brand: str
    places: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def narrow(self) -> bool:
        """Whether it leaves out some mentions of the brand."""
        return bool(self.places or self.subjects or self.sources or self.languages)

    @property
    def where(self) -> Where:
        """The clauses that keep its mentions, copies of others included."""
        return (
            Term(field="brands", any_of=(self.brand,)),
            *(Term(field=field, any_of=values) for field, values in self.chosen.items() if values),
        )

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """The values named of each kind, by the index field that holds it."""
        return {
            "place": self.places,
            "subject": self.subjects,
            "source": self.sources,
            "language": self.languages,
        }

    @property
    def once(self) -> Where:
        """The clauses that keep its mentions, each text once: without near-duplicates of another."""
        return (*self.where, Exists(field="duplicate_of", exclude=True))

    def shows_level(self, n: int) -> bool:
        """Whether a level of `n` mentions is shown: one of some places needs 20, else counts alone stand."""
        return not self.places or n >= FEWEST_OF_A_PLACE

    def about(self, brand: str) -> "Scope":
        """Return the same choice of sources and languages for another brand, whose places differ."""
        return Scope(brand=brand, sources=self.sources, languages=self.languages)


class Edition(Frozen):
    """What one kind of reader gets: a name (as in the delivery key), a role (for sections), and a scope."""

    name: str = "brand"
    role: Role = "brand"
    scope: Scope


PRESENT: Where = (Term(field="presence", any_of=("present",)),)
"""The clauses that keep what still stands on its site."""


def within(start: object, end: object) -> Range:
    """Return the clause that keeps the mentions of a half-open interval."""
    return Range.model_validate({"field": "period_at", "gte": start, "lt": end})
