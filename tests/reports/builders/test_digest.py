"""Contexts of sample weeks: figures with their n, changes only beyond noise, nothing unseen hidden."""

from datetime import date, timedelta

import pytest

from ouidire.documents import MentionDocument, RunDocument
from ouidire.errors import UsageError
from ouidire.period import period_of
from reports.builders.digest import build
from reports.coverage.coverage import coverage
from reports.coverage.observation import window_of
from reports.data.context import DigestContext, SourceInfo
from reports.data.scope import Edition, Scope
from reports.rendering.render import render
from reports.samples import BRANDS, KINDS, NOW, OWN, PERIOD, RIVALS, SOURCES, documents
from reports.words.figure_text import NEVER_COMPARED
from search.sqlite.index import SqliteIndex
from tests.support.fake_index import FakeIndex
from tests.support.figures_of import figures

POUSSE = Edition(scope=Scope(brand="pousse"))


def built(documents, index=FakeIndex):
    return build(index(documents), PERIOD, edition=POUSSE, brands=BRANDS, now=NOW, sources=SOURCES)


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_has_its_n_and_lies_in_its_interval(week, kind):
    found = list(figures(week(kind)))
    assert len(found) >= 2
    for figure in found:
        assert (figure.value is None) == (figure.n == 0) or figure.unit == "count"
        if figure.low is not None:
            assert figure.low <= figure.value <= figure.high


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        ("quiet", "quiet"),
        ("busy", "moved"),
        ("broken", "quiet"),
        ("empty", "no_mentions"),
        ("first", "first_weeks"),
        ("bare", "quiet"),
        ("hostile", "quiet"),
    ],
)
def test_verdicts(week, kind, verdict):
    assert week(kind).verdict.kind == verdict


def test_a_quiet_week_announces_nothing(week):
    assert week("quiet").announcement.announced == ()
    directions = {
        key: reading.direction for key, reading in week("quiet").metrics.items() if key not in NEVER_COMPARED
    }
    assert set(directions.values()) <= {"stable", "no_visible_change", "watch"}
    assert directions["first_page"] == "stable"  # a page that never moved
    assert directions["volume"] == "no_visible_change"  # 60 mentions a week are too few to vouch for it


def test_a_crisis_moves_the_four_links(week):
    context = week("busy")
    directions = {key: reading.direction for key, reading in context.metrics.items()}
    moved = {
        "positive": "down",
        "nps_stars": "down",
        "irritation": "up",
        "volume": "up",
        "first_page": "down",
    }
    assert directions | moved == directions
    assert context.verdict.signals == ("hostile_entrant", "reviews_vanished")
    assert context.reviews.vanished == 7
    assert context.reviews.examples[0].type == "edited"
    assert [(row.rank, row.entrant) for row in context.convince.main.rows if row.entrant] == [(4, True)]


def test_a_broken_week_is_marked_and_never_drawn_as_a_fall(week):
    context = week("broken")
    volume = context.talk.volume
    assert volume.figure.n < 35 < week("quiet").talk.volume.figure.n
    assert volume.direction == "no_visible_change"
    assert context.verdict.incomplete
    assert context.blind.left_out
    assert [bool(each.broken) for each in context.history] == [False] * 4 + [True] + [False] * 3 + [True]
    assert [(spot.source, spot.status, spot.recovered) for spot in context.blind.spots] == [
        ("trustpilot", "layout_changed", False),
        ("google_results", "blocked", True),
    ]
    assert context.blind.spots[0].since == PERIOD.start + timedelta(days=3, hours=5)
    assert context.blind.spots[0].last_good == PERIOD.start + timedelta(days=2, hours=5)
    assert (context.blind.refused_by_robots, context.blind.rejected) == (2, 1)


def test_a_broken_past_week_is_no_baseline():
    """Trustpilot missing four weeks ago: that week is left out of what this whole week is compared with."""
    broken = {
        document.id
        for document in documents("broken")
        if isinstance(document, RunDocument) and document.status != "ok"
    }
    lost = {document.id for document in documents("broken") if isinstance(document, MentionDocument)}
    week = PERIOD.before(4)[0]
    kept = []
    for document in documents("quiet"):
        if (
            isinstance(document, MentionDocument)
            and week.start <= document.period_at < week.end
            and document.id not in lost
        ):
            continue
        if isinstance(document, RunDocument) and document.id in broken and document.started_at < PERIOD.start:
            kept.append(document.model_copy(update={"status": "layout_changed"}))
            continue
        kept.append(document)
    context = built(kept)
    assert context.talk.volume.change.weeks == 7
    assert context.talk.volume.change.value_before > 60
    assert context.history[4].broken == ("Trustpilot",)
    assert context.blind.marked_periods == 1


def test_absent_analysers_leave_no_zero(week):
    context = week("bare")
    assert context.delight is None
    assert context.engage.nps is None
    assert context.engage.net_sentiment is None
    assert context.convince is None
    assert context.themes == ()
    assert context.talk.volume.figure.n == 60
    assert {quote.kind for quote in context.quotes} == {"best", "worst"}


def test_an_empty_index_still_makes_a_digest():
    context = build(FakeIndex(), PERIOD, edition=POUSSE, brands=BRANDS, now=NOW)
    assert context.verdict.kind == "unseen"  # nobody looked: that is no silence of theirs
    assert context.blind.sources == 0


def test_a_source_never_read_is_late_and_the_week_unseen():
    every = SourceInfo(
        source="trustpilot",
        source_key="trustpilot:pousse",
        title="Trustpilot",
        name="pousse",
        every=timedelta(days=1),
    )
    context = build(FakeIndex(), PERIOD, edition=POUSSE, brands=BRANDS, now=NOW, sources=(every,))
    assert [(spot.name, spot.status, spot.last_good) for spot in context.blind.spots] == [
        ("Trustpilot · pousse", "late", None)
    ]
    assert context.verdict.kind == "unseen"


def test_runs_that_were_missed_are_named(week):
    listed = [
        each.model_copy(update={"missed": {"trustpilot": 2, "feed": 1}[each.source]})
        if isinstance(each, RunDocument)
        and each.source in ("trustpilot", "feed")
        and each.started_at.date() == date(2026, 3, 5)
        else each
        for each in documents("quiet")
    ]
    context = built(listed)
    assert sorted(each.runs for each in context.blind.missed) == [1, 2]
    assert week("quiet").blind.missed == ()
    french, english = (" ".join(render(context, language).text.split()) for language in ("fr", "en"))
    assert "Lectures prévues qui n’ont pas eu lieu, rattrapées depuis" in french
    assert "Trustpilot (2)" in french
    assert "Readings that were planned and did not take place, made up for since" in english


def test_a_new_source_is_shown_and_not_compared():
    """A site added this week brings its mentions into the figure, not into the change."""
    added = [
        document.model_copy(
            update={
                "id": f"new{document.id}",
                "source": "app_store",
                "source_key": "app_store:1",
                "site": "apps.example",
            }
        )
        for document in documents("quiet")
        if isinstance(document, MentionDocument)
        and document.brands == ("pousse",)
        and document.period_at >= PERIOD.start
    ]
    run = next(each for each in documents("quiet") if isinstance(each, RunDocument))
    run = run.model_copy(
        update={
            "id": "n",
            "source": "app_store",
            "source_key": "app_store:1",
            "brands": ("pousse",),
            "started_at": NOW - timedelta(hours=2),
        }
    )
    context = build(
        FakeIndex([*documents("quiet"), *added, run]),
        PERIOD,
        edition=POUSSE,
        brands=BRANDS,
        now=NOW,
        sources=SOURCES,
    )
    assert context.talk.volume.figure.n == 120
    assert context.talk.volume.change.n_now == 60
    assert context.talk.volume.direction == "no_visible_change"
    assert context.blind.new_sources == ("1",)
    assert "apps.example" not in context.talk.shared_sites


def test_mixed_analyser_versions_are_named_and_not_compared():
    changed = [
        document.model_copy(update={"versions": ("advocacy@1", "delight@1", "sentiment@2")})
        if isinstance(document, MentionDocument) and document.period_at >= PERIOD.start
        else document
        for document in documents("busy")
    ]
    context = built(changed)
    assert context.blind.mixed_analysers == ("sentiment",)
    assert {context.metrics[key].direction for key in ("positive", "nps_stars", "delight")} == {"unknown"}
    assert context.talk.volume.direction == "up"


def test_copies_count_once_and_are_told(week):
    mentions = [each for each in documents("quiet") if isinstance(each, MentionDocument)]
    mine = [each for each in mentions if each.brands == ("pousse",) and each.period_at >= PERIOD.start]
    copy = mine[0].model_copy(update={"id": "copy", "duplicate_of": mine[0].id})
    context = built([*documents("quiet"), copy])
    assert context.talk.volume.figure.n == 60
    assert context.talk.duplicates == 1


def test_share_of_voice_counts_the_shared_sites_only(week):
    talk = week("quiet").talk
    assert talk.shared_sites == ("carnet-vert.example", "trustpilot.example", "verdict-clients.example")
    assert talk.share.figure.n == sum(voice.n for voice in talk.voices)
    assert next(voice.n for voice in talk.voices if voice.own) < talk.volume.figure.n


def test_quotes_differ_link_to_their_source_and_are_present(week):
    for kind in ("quiet", "busy", "hostile"):
        quotes = week(kind).quotes
        assert len({quote.id for quote in quotes}) == len(quotes) == 5
        assert len({quote.text for quote in quotes}) == 5
        assert all(len(quote.text) <= 242 for quote in quotes)
    withdrawn = [
        each.model_copy(update={"presence": "vanished"}) if isinstance(each, MentionDocument) else each
        for each in documents("quiet")
    ]
    assert build(FakeIndex(withdrawn), PERIOD, edition=POUSSE, brands=BRANDS, now=NOW).quotes == ()


def test_an_unknown_brand_is_one_clear_message():
    with pytest.raises(UsageError, match="pousse, arrosoir, terre-folle"):
        build(
            FakeIndex(), PERIOD, edition=Edition(scope=Scope(brand="nobody")), brands=(OWN, *RIVALS), now=NOW
        )


@pytest.mark.parametrize("kind", ["busy", "broken"])
def test_sqlite_gives_the_same_context(week, tmp_path, kind):
    index = SqliteIndex(tmp_path / "index.db")
    index.ensure()
    index.upsert(documents(kind))
    context = build(index, PERIOD, edition=POUSSE, brands=BRANDS, now=NOW, sources=SOURCES)
    index.close()
    mine, theirs = (
        DigestContext.model_validate(rounded(each.model_dump())) for each in (week(kind), context)
    )
    assert mine == theirs


def rounded(value):
    """Sums of floats may differ in their last digits with the order of adding."""
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return tuple(rounded(each) for each in value) if isinstance(value, tuple | list) else value


def test_a_context_survives_json(week):
    context = week("busy")
    assert DigestContext.model_validate_json(context.model_dump_json()) == context


def test_no_page_of_hits_is_a_whole_history():
    index = FakeIndex(documents("busy"))
    build(index, PERIOD, edition=POUSSE, brands=BRANDS, now=NOW, sources=SOURCES)
    assert index.largest_page <= 60


def test_windows_of_consecutive_digests_meet_without_overlap():
    following = period_of("week", date(2026, 3, 9), timezone="Europe/Paris")
    one = window_of(PERIOD, of=PERIOD, now=NOW)
    two = window_of(following, of=following, now=following.end + timedelta(hours=7))
    assert one.end == two.start == NOW
    assert one.contains(NOW)
    assert not two.contains(NOW)


def test_a_run_at_the_very_moment_of_the_digest_counts():
    run = next(
        each for each in documents("quiet") if isinstance(each, RunDocument) and each.brands == ("pousse",)
    )
    run = run.model_copy(update={"started_at": PERIOD.end, "status": "blocked"})
    seen = coverage(FakeIndex([run]), "pousse", (*PERIOD.before(8), PERIOD), now=PERIOD.end)
    assert seen.broken[-1] == {run.source_key}


def test_weeks_before_anyone_listened_are_no_baseline_and_not_drawn():
    """What a site still shows of its past is not what a week of listening would have found."""
    late = [
        each
        for each in documents("quiet")
        if not isinstance(each, RunDocument) or each.started_at > PERIOD.before(1)[0].end
    ]
    context = built(late)
    assert {
        reading.direction
        for key, reading in context.metrics.items()
        if key not in ("first_page", "consideration")
    } == {"unknown"}
    assert len(context.history) <= 2
    assert context.verdict.kind != "moved"


def test_quotes_agree_with_what_their_authors_gave(week):
    for kind in ("quiet", "busy"):
        for quote in week(kind).quotes:
            given = quote.stars
            if given is None and quote.score is not None:
                given = quote.score / 2
            if given is not None:
                agrees = {"best": given >= 4, "worst": given < 4, "typical": 2 <= given <= 4}
                assert agrees[quote.kind]
