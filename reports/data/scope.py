"""What a digest is about: a brand and, where an edition or a recipient asks for less, some places, products, sources, languages.

It is data and the clauses that it stands for. Runs and results pages know no place or language: what could
not be seen, and the first page, are always the whole brand's (of the chosen sources).
"""

from ouidire.frozen import Frozen
from ouidire.index import Exists, Range, Term
from ouidire.settings.editions import Role

Where = tuple[Term | Range | Exists, ...]


class Scope(Frozen):
    """The mentions that a digest reads: those of `brand` that have one of each kind of value named (none named: all)."""

    brand: str
    places: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def narrow(self) -> bool:
        """Whether it leaves out any mention of the brand."""
        return bool(self.places or self.subjects or self.sources or self.languages)

    @property
    def where(self) -> Where:
        """Keep its mentions, copies of others included."""
        chosen = (
            ("place", self.places),
            ("subject", self.subjects),
            ("source", self.sources),
            ("language", self.languages),
        )
        return (
            Term(field="brands", any_of=(self.brand,)),
            *(Term(field=field, any_of=values) for field, values in chosen if values),
        )

    @property
    def once(self) -> Where:
        """Keep its mentions, each text once (near-duplicates of another count with it)."""
        return (*self.where, Exists(field="duplicate_of", exclude=True))

    def about(self, brand: str) -> "Scope":
        """Return the same choice of sources and languages for another brand, whose places and products are its own."""
        return Scope(brand=brand, sources=self.sources, languages=self.languages)


class Edition(Frozen):
    """What one kind of reader gets: a name (as in the delivery key), the role that chooses the sections, and what is read."""

    name: str = "brand"
    role: Role = "brand"
    scope: Scope


def within(start: object, end: object) -> Range:
    """Keep mentions of an interval."""
    return Range.model_validate({"field": "period_at", "gte": start, "lt": end})
