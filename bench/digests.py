"""Whole digests of simulated brands: how often a quiet week announces anything, and a true fall is found.

    python -m bench.digests            BRANDS=300 simulated brands for each line, A_WEEK=60,240 mentions

Each brand is followed on four sources of unlike levels (a survey of customers, two sites of reviews, a
forum), for 27 weeks whose mood varies; a competitor is talked of too. The last week's digest is built by
`reports.builders.digest.build`, from an index of columns in memory. Nothing is read by a model: who is a
promoter is drawn.
"""

# A benchmark is a program: it prints its table.
# ruff: noqa: T201

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from bench.columns import ColumnIndex
from ouidire.period import Period, period_of
from ouidire.settings.brand import Brand
from reports.builders.digest import build
from reports.data.baseline import PAST_PERIODS, periods_of
from reports.data.context import DigestContext
from reports.data.scope import Edition, Scope

PAST = PAST_PERIODS["week"]
BRANDS = int(os.environ.get("BRANDS", "300"))
A_WEEK = tuple(int(each) for each in os.environ.get("A_WEEK", "60,240").split(","))
PERIOD = period_of("week", date(2026, 3, 2), timezone="Europe/Paris")
NOW = PERIOD.end + timedelta(hours=7)
OWN = Brand(slug="own", name="Own")
RIVAL = Brand(slug="rival", name="Rival", role="competitor")
LEVELS = {"survey": 65.0, "google": 45.0, "trustpilot": -20.0, "forum": -50.0}
"""Usual balance of promoters and detractors of each source, in points."""
BASES = {"survey": "asked", "google": "star_proxy", "trustpilot": "star_proxy", "forum": "estimated"}
"""Where each source's promoters come from: a question, stars, words."""
MOOD = 12.0
"""Standard deviation of a week's mood, in points: all sources share it."""
BUSTLE = 0.15
"""Standard deviation of the logarithm of a week's number of mentions."""
PASSIVES = 0.2
A_BURST = 3
ALIKE = 0.45
"""Chance that a mention repeats the verdict of its burst: a correlation of 0.2 within bursts of three."""
QUERIES = 3


class World(NamedTuple):
    """What is unlike a steady brand in one line of the table.

    `shift` moves the opinion of every source in the last week, in points. `batch` multiplies the survey's
    mentions of the last week, `late` of the mentions are found up to a month after they were written, `lost`
    is a source without run or mention in the last week, `added` one that began in it; `moods` is the
    correlation of successive weeks' moods. `searches`: first pages of three queries are read each day, and
    one of them is dropped in the last week.
    """

    name: str
    shift: float = 0.0
    batch: float = 1.0
    late: float = 0.0
    lost: str = ""
    added: bool = False
    moods: float = 0.0
    season: bool = False
    bursts: bool = False
    searches: bool = False

    @property
    def truly(self) -> tuple[str, ...]:
        """Measures that do change: four times the answers are more mentions."""
        return ("volume", "voice", "spike") if self.batch > 1 else ()


QUIET = (
    World("stable mix"),
    World("survey batch ×4", batch=4.0),
    World("late arrivals, 20%", late=0.2),
    World("a source silently without a run", lost="survey"),
    World("a query taken out", searches=True),
    World("a source added", added=True),
    World("seasons", season=True),
    World("bursts", bursts=True),
    World("persistent moods (AR 0.8)", moods=0.8),
)
FALLS = (
    World("every source −20", shift=-20.0),
    World("every source −40", shift=-40.0),
    World("every source −30, survey ×3.5", shift=-30.0, batch=3.5),
)


def simulated(world: World, rng: np.random.Generator, *, a_week: float = 60) -> ColumnIndex:
    """Return an index of 27 weeks of one brand."""
    periods = periods_of(PERIOD)
    rows = [
        _mentions(world, rng, week, at, source, number)
        for at, week in enumerate(periods)
        for source, number in _counts(world, rng, at, a_week).items()
    ]
    moods = _moods(world, rng)
    mentions = _joined(rows)
    level = np.array([LEVELS.get(source, -60.0) for source in mentions["source"]])
    points = level + moods[mentions["week"].astype(int)]
    points += np.where(mentions["week"] == PAST, world.shift, 0.0)
    basis = np.array([BASES.get(source, "star_proxy") for source in mentions["source"]], dtype=object)
    alike = ALIKE if world.bursts else 0.0
    mentions |= _opinions(rng, np.clip(points, -80, 80), alike=alike) | {"advocacy_basis": basis}
    tables: dict[str, dict[str, Any]] = {"mention": _found(mentions), "run": _runs(world, periods)}
    if world.searches:
        tables["search_result"] = _pages(rng, periods)
    return ColumnIndex(tables)


def digest_of(index: ColumnIndex) -> DigestContext:
    """Build the digest of the last week."""
    edition = Edition(scope=Scope(brand=OWN.slug))
    return build(index, PERIOD, edition=edition, brands=(OWN, RIVAL), now=NOW)  # type: ignore[arg-type]  # reads only


class Row(NamedTuple):
    """How digests of one world came out, as shares of them.

    `false` announce anything that did not change (opinion left out where it did), `opinion` any measure of
    opinion, `wrong_way` one of them as a rise, `stable` call one of them stable. `found` and `shrunk` are the
    mean differences of those announced, as shown and drawn towards 0, in points.
    """

    digests: int
    false: float
    opinion: float
    wrong_way: float
    stable: float
    found: float | None
    shrunk: float | None


OPINION = ("nps", "positive", "nps_stars")
OPINION_AND_ALL = (
    *OPINION,
    *("net_sentiment", "delight", "irritation", "effort", "service", "word_of_mouth", "leaving"),
)
"""Measures that move when opinion does."""


def measured(
    world: World,
    *,
    digests: int = BRANDS,
    seed: int = 1,
    a_week: float = 60,
    progress: Callable[[], None] = lambda: None,
) -> Row:
    """Return how the digests of so many brands of one world come out."""
    rng = np.random.default_rng(seed)
    false = opinion = wrong = stable = 0
    truly = {*world.truly, *(OPINION_AND_ALL if world.shift else ())}
    deltas, shrunk = [], []
    for _ in range(digests):
        context = digest_of(simulated(world, rng, a_week=a_week))
        progress()
        false += bool(set(context.announcement.announced) - truly)
        moved = [each for key, each in context.metrics.items() if key in OPINION and each.announced]
        said = [each.direction for key, each in context.metrics.items() if key in OPINION]
        opinion += bool(moved)
        wrong += any(each.direction == "up" for each in moved)
        stable += "stable" in said
        for each in moved[:1]:
            if each.change is not None and each.change.delta is not None:
                scale = 1 if each.change.unit == "points" else 100
                deltas.append(scale * each.change.delta)
                shrunk.append(scale * (each.change.shrunk or 0.0))
    return Row(
        digests=digests,
        false=false / digests,
        opinion=opinion / digests,
        wrong_way=wrong / digests,
        stable=stable / digests,
        found=float(np.mean(deltas)) if deltas else None,
        shrunk=float(np.mean(shrunk)) if shrunk else None,
    )


def _counts(world: World, rng: np.random.Generator, at: int, a_week: float) -> dict[str, int]:
    """Draw how many mentions each source has in a week, the competitor's one source included."""
    last = at == PAST
    bustle = np.exp(rng.normal(-(BUSTLE**2) / 2, BUSTLE))
    if world.season:
        bustle *= 1 + 0.4 * np.sin(2 * np.pi * at / 26)
    counts = {}
    for source in LEVELS:
        mean = a_week / len(LEVELS) * bustle * (world.batch if last and source == "survey" else 1.0)
        if world.bursts:
            counts[source] = A_BURST * int(rng.poisson(mean / A_BURST))
        else:
            counts[source] = int(rng.poisson(mean))
    if last and world.lost:
        counts[world.lost] = 0
    if last and world.added:
        counts["app"] = int(rng.poisson(a_week / 2))
    counts["rival"] = int(rng.poisson(40 * bustle))
    return counts


def _moods(world: World, rng: np.random.Generator) -> Any:  # noqa: ANN401 (an array)
    """Draw the moods of all weeks, in points."""
    moods = np.empty(PAST + 1)
    moods[0] = rng.normal(0, MOOD)
    for at in range(1, PAST + 1):
        fresh = rng.normal(0, MOOD * np.sqrt(1 - world.moods**2))
        moods[at] = world.moods * moods[at - 1] + fresh
    if world.season:
        moods += 10 * np.sin(2 * np.pi * np.arange(PAST + 1) / 26)
    return moods


def _mentions(
    world: World, rng: np.random.Generator, week: Period, at: int, source: str, number: int
) -> dict[str, Any]:
    start, end = week.start.timestamp(), week.end.timestamp()
    published = np.sort(rng.uniform(start, end, number))
    if world.bursts and source != "rival":
        published = np.repeat(published[::A_BURST], A_BURST)[:number]
    read = np.ceil((published - start) / 86_400) * 86_400 + start + 5 * 3_600  # the next morning's run
    late = rng.random(number) < world.late
    read += np.where(late, rng.integers(3, 30, number) * 86_400, 0)
    own = source != "rival"
    name = source if own else "trustpilot"
    return {
        "week": np.full(number, float(at)),
        "period_at": published,
        "published_at": published,
        "first_seen_at": read,
        "source": np.full(number, source, dtype=object),
        "source_key": np.full(number, f"{name}:{'own' if own else 'rival'}", dtype=object),
        "site": np.full(number, f"{name}.example", dtype=object),
        "brands": _tuples([("own",) if own else ("rival",)] * number),
    }


def _opinions(rng: np.random.Generator, points: Any, *, alike: float) -> dict[str, Any]:  # noqa: ANN401
    """Draw what each mention says, from its source's level and the week's mood in points."""
    n = len(points)
    drawn = rng.random(n)
    repeats = (rng.random(n) < alike) & (np.arange(n) % A_BURST > 0)
    first = np.arange(n) - np.arange(n) % A_BURST
    drawn = np.where(repeats, drawn[first], drawn)
    promoter = drawn < (1 - PASSIVES) / 2 + points / 200
    detractor = drawn > 1 - ((1 - PASSIVES) / 2 - points / 200)
    x = promoter.astype(float) - detractor
    chance = rng.random((6, n))
    effort = np.where(chance[0] < np.where(detractor, 0.5, 0.25), np.where(detractor, 1.0, 0.5), np.nan)
    intents = [
        (("tells_others",) if tells else ()) + (("leaves",) if leaves else ())
        for tells, leaves in zip(
            chance[1] < np.where(promoter, 0.5, 0.05),
            chance[2] < np.where(detractor, 0.15, 0.01),
            strict=True,
        )
    ]
    stages = [("customer_service",) if spoken else () for spoken in chance[3] < 0.2]  # noqa: PLR2004
    return {
        "advocacy_balance": x,
        "advocacy_spread": np.zeros(n),
        "p_promoter": promoter.astype(float),
        "p_passive": 1.0 - promoter - detractor,
        "p_detractor": detractor.astype(float),
        "sentiment_balance": 0.8 * x,
        "p_positive": 0.8 * promoter,
        "p_negative": 0.8 * detractor,
        "delight": (promoter & (chance[4] < 0.25)).astype(float),  # noqa: PLR2004
        "irritation": (detractor & (chance[5] < 0.3)).astype(float),  # noqa: PLR2004
        "effort_score": effort,
        "intents": _tuples(intents),
        "stages": _tuples(stages),
        "versions": _tuples([("advocacy@1", "delight@1", "sentiment@1")] * n),
        "published_precision": np.full(n, "second", dtype=object),
    }


def _found(mentions: dict[str, Any]) -> dict[str, Any]:
    """Keep what was found before the digest is made."""
    kept = mentions["first_seen_at"] <= NOW.timestamp()
    return {name: column[kept] for name, column in mentions.items()}


def _runs(world: World, periods: tuple[Period, ...]) -> dict[str, Any]:
    """Return a run of every source each morning, from before the first week on."""
    keys = [
        *((f"{source}:own", source, "own") for source in LEVELS),
        ("trustpilot:rival", "trustpilot", "rival"),
    ]
    started: list[tuple[str, str, str, datetime]] = []
    first = periods[0].start - timedelta(days=7)
    for day in range((NOW - first).days + 1):
        at = first + timedelta(days=day, hours=5)
        started += [
            (*key, at) for key in keys if not (key[1] == world.lost and key[2] == "own" and at > PERIOD.start)
        ]
        if world.added and at > PERIOD.start + timedelta(days=1):
            started.append(("app:own", "app", "own", at))
    if world.searches:
        started += [("search:own", "search", "own", at) for *_, at in started[:: len(keys)]]
    n = len(started)
    return {
        "id": np.array([f"run-{number}" for number in range(n)], dtype=object),
        "source_key": np.array([each[0] for each in started], dtype=object),
        "source": np.array([each[1] for each in started], dtype=object),
        "brands": _tuples([(each[2],) for each in started]),
        "started_at": np.array([each[3].timestamp() for each in started]),
        "status": np.full(n, "ok", dtype=object),
        "reason": np.full(n, "", dtype=object),
        "refused_by_robots": np.zeros(n),
        "rejected": np.zeros(n),
        "missed": np.zeros(n),
    }


def _pages(rng: np.random.Generator, periods: tuple[Period, ...]) -> dict[str, Any]:
    """Return the results of three queries' first pages, read each day; the last query ends with a week."""
    ranks = np.arange(1, 11)
    weight = 1 / np.log2(ranks + 1)
    favours = rng.choice([-1.0, 0.0, 0.5, 1.0], (QUERIES, 10), p=[0.15, 0.35, 0.3, 0.2])
    favours[-1] -= 0.5
    found: dict[str, list[Any]] = {name: [] for name in ("at", "query", "favour", "rank", "snapshot")}
    for at, week in enumerate(periods):
        for query in range(QUERIES - (at == PAST)):
            moves = rng.random(10) < 0.03  # noqa: PLR2004
            favours[query] = np.where(moves, rng.choice([-1.0, 0.0, 0.5, 1.0], 10), favours[query])
            for day in range(7):
                found["at"] += [(week.start + timedelta(days=day, hours=9)).timestamp()] * 10
                found["query"] += [f"query {query}"] * 10
                found["favour"] += list(np.clip(favours[query], -1, 1))
                found["rank"] += list(ranks.astype(float))
                found["snapshot"] += [f"{at}-{query}-{day}"] * 10
    n = len(found["at"])
    rank = np.array(found["rank"])
    present = np.where(rank == 1, 1.0, np.nan)

    def same(value: object) -> Any:  # noqa: ANN401
        return np.full(n, value, dtype=object)

    return {
        "id": np.array([f"result-{number}" for number in range(n)], dtype=object),
        "snapshot_id": np.array(found["snapshot"], dtype=object),
        "source_key": same("search:own"),
        "engine": same("google"),
        "query": np.array(found["query"], dtype=object),
        "query_kind": same("brand"),
        "gl": same("fr"),
        "hl": same("fr"),
        "device": same("desktop"),
        "brands": _tuples([("own",)] * n),
        "page_number": np.ones(n),
        "captured_at": np.array(found["at"]),
        "type": same("organic"),
        "rank": rank,
        "url": same("https://a.example/"),
        "ownership": same("other"),
        "favourability": np.array(found["favour"]),
        "position_weight": weight[rank.astype(int) - 1],
        "weighted_favourability": weight[rank.astype(int) - 1] * np.array(found["favour"]),
        "brand_present": present,
    }


def _joined(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}


def _tuples(values: Sequence[tuple[str, ...]]) -> Any:  # noqa: ANN401 (an array)
    column = np.empty(len(values), dtype=object)
    column[:] = list(values)
    return column


def main() -> None:
    """Print the table."""
    print(f"{BRANDS} digests a line, of {PAST} past weeks; mood SD {MOOD:g} points")
    heads = ("a week", "false", "opinion", "up", "stable", "delta", "shrunk")
    print(f"{'':34} " + " ".join(f"{head:>7}" for head in heads))
    for a_week in A_WEEK:
        for seed, world in enumerate((*QUIET, *FALLS)):
            row = measured(world, seed=seed, a_week=a_week)
            deltas = [f"{each:+.0f}" if each is not None else "–" for each in (row.found, row.shrunk)]
            print(
                f"{world.name:34} {a_week:7} {row.false:7.1%} {row.opinion:7.1%} {row.wrong_way:7.1%} "
                f"{row.stable:7.1%} {deltas[0]:>7} {deltas[1]:>7}",
                flush=True,
            )


if __name__ == "__main__":
    main()
