"""Readings of a made-up listing: what its site shows, run after run, and what becomes of it.

The real path from a sealed harvest to the index, without analysers: what they find is not asked here.
"""

from datetime import UTC, datetime, timedelta

from enrichment.run import Enricher
from ouidire.clock import StatedDate
from ouidire.ids import mention_id
from ouidire.index import Query
from ouidire.mention import Mention, Rating
from ouidire.state.holds import holds_of
from ouidire.state.items import all_events
from service.pipeline.answers import apply_answers
from service.pipeline.index import annotate
from service.pipeline.index.ingest import ingest_waiting
from tests.support.pipeline_chain import configuration, harvested, installation_at

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = "schema_org:shop.example"
STARS = (5, 4, 1, 5, 3, 2, 5, 4)
THINGS = ("les rosiers", "la livraison", "le conseil", "les semis", "le terreau", "les arrosoirs", "la serre")


def review(number, **more):
    """Return the review of a number: the higher it is, the younger; each says something of its own."""
    thing, other = THINGS[number % 7], THINGS[(number // 7) % 7]
    return Mention(
        **{
            "entity": "shop.example",
            "native_id": f"r{number}",
            "url": f"https://shop.example/avis#{number}",
            "title": f"Avis numéro {number}",
            "text": f"Commande {number * 7919} : {thing} m'ont plu, {other} moins, l'accueil plus.",
            "author_key": f"author{number}",
            "published": StatedDate(at=START - timedelta(days=60 - number), precision="day"),
            "rating": Rating(value=STARS[number % 8]),
            "verified": True,
            "place": "Lyon",
            **more,
        }
    )


def reviews(first, last):
    """Return reviews, the newest first, as listings show them."""
    return [review(number) for number in reversed(range(first, last))]


def changed(mention, **more):
    return mention.model_copy(update=more)


def moved(mention, days):
    return changed(
        mention, published=StatedDate(at=mention.published.at + timedelta(days=days), precision="day")
    )


class House:
    """One installation that reads the listing again and again, a week apart."""

    def __init__(self, folder, monkeypatch):
        monkeypatch.setattr(
            annotate, "bundled", lambda *, mask_names, **_: Enricher([], mask_names=mask_names)
        )
        self.folder, self.data, self.weeks, self.opened, self.problems = folder, {}, 0, [], []

    def open(self):
        data = {**configuration(recipient=[], source=[]), **self.data}
        self.opened.append(installation_at(self.folder, START + timedelta(weeks=self.weeks), data=data))
        return self.opened[-1]

    def close(self):
        for each in self.opened:
            each.close()

    def reads(self, items, **more):
        """Read what the site shows, a week after the last time; return what became of it."""
        self.weeks += 1
        installation = self.open()
        run = harvested(installation, items, **more)
        self.problems = []
        apply_answers(installation)
        (done,) = ingest_waiting(installation, problems=self.problems)
        assert done.run.id == run.id
        return done

    def known(self, number):
        return self.open().index.get("mention", mention_id(KEY, f"r{number}"))

    def count(self, **where):
        rows = self.open().index.scan(Query(), ("id", "presence", "duplicate_of"))
        return sum(all(row[name] == value for name, value in where.items()) for row in rows)

    def events(self):
        with self.open().state.read() as connection:
            return sorted(each.type for each in all_events(connection))

    def holds(self):
        with self.open().state.read() as connection:
            return [(each.kind, each.status, each.changed, each.known) for each in holds_of(connection, KEY)]

    def told(self):
        """The documents that tell readers of wholesale changes: (name, kind, status, changed)."""
        fields = ("name", "subject", "basis", "value")
        rows = self.open().index.scan(Query(kind="measure"), fields)
        return sorted(
            tuple(row[name] for name in fields) for row in rows if row["name"].startswith("site_change")
        )

    def figures(self):
        """What digests stand on: day, stars and text of every mention that counts."""
        rows = self.open().index.scan(Query(), ("id", "period_at", "stars", "text", "title", "presence"))
        return {row["id"]: tuple(row.values())[1:] for row in rows}
