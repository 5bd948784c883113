"""Themes that come up by themselves, through the real index and state: opened once, kept, moved by people."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ouidire.documents import MentionDocument, SentenceDocument
from ouidire.errors import UsageError
from ouidire.index import Query, Term
from ouidire.period import last_full_period
from ouidire.settings.configuration import settings_from
from ouidire.state.items import ItemRecord, load_items, save_items
from ouidire.state.people.audit import list_audit
from ouidire.state.themes import load_themes
from ouidire.text.vectors import pack_rows
from service.pipeline.installation import Installation
from service.pipeline.people.themes import ignore_theme, merge_theme, rename_theme
from service.pipeline.themes.find import COVERAGE, NEW_THEME, find_themes, update_brand
from tests.support import theme_window

NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)
MONDAY = datetime(2026, 3, 1, 23, tzinfo=UTC)
"""The start of the last full week, in Paris."""
PHRASE = "Ma carte cadeau est refusée"


def mention(number, vector, at, text):
    whole = f"{text}."
    return MentionDocument(
        id=f"m{number:05}",
        revision=1,
        mention_kind="review",
        source="feed",
        source_key="feed:one",
        entity="one",
        run_id="run",
        brands=("pousse",),
        language="fr",
        text=whole,
        author_key=f"author{number}",
        published_at=at,
        period_at=at,
        first_seen_at=at,
        sentences=(SentenceDocument(start=0, end=len(whole)),),
        theme_vectors=pack_rows([vector, vector]),
    )


def record(document):
    return ItemRecord(
        id=document.id,
        source="feed",
        source_key="feed:one",
        revision=1,
        presence="present",
        content="said",
        brands=("pousse",),
        published_at=document.period_at,
        first_seen_at=document.period_at,
        last_seen_at=document.period_at,
        first_run=1,
        changed_run=1,
        last_run=1,
        content_run=1,
    )


def corpus(*, new, week=MONDAY, first=0, seed=7, direction=None):
    """Nine weeks of sentences; `new` of the last week are of a subject that was never there."""
    rng = np.random.default_rng(seed)
    topics = [theme_window.direction(np.random.default_rng(n)) for n in range(6)]
    fresh = theme_window.direction(np.random.default_rng(99)) if direction is None else direction
    for number in range(60 * 9):
        is_new = number < new
        back = 0 if number < 60 else 1 + number % 8
        at = week + timedelta(days=-7 * back + number % 7, hours=3)
        row = theme_window.sentences(rng, fresh if is_new else topics[number % 6], 1)[0]
        yield mention(
            first + number, row.tolist(), at, PHRASE if is_new else f"Phrase {number % 9} ordinaire"
        )


@pytest.fixture
def opened(tmp_path):
    installations = []

    def make(moment=NOW, folder=tmp_path):
        data = {
            "brand": [{"slug": "pousse", "name": "Pousse"}],
            "source": [{"source": "feed", "params": {"url": "https://shop.example/feed.xml"}}],
        }
        made = Installation(settings_from(data, base=folder), now=moment)
        installations.append(made)
        return made

    yield make
    for each in installations:
        each.close()


def fill(installation, documents):
    listed = list(documents)
    installation.index.upsert(listed)
    with installation.state.begin() as connection:
        save_items(connection, [record(each) for each in listed])


def themes_of(installation):
    with installation.state.read() as connection:
        return load_themes(connection)


def assigned(installation):
    return {each["id"]: each["emergent"] for each in installation.index.scan(Query(), ("id", "emergent"))}


def measures(installation, name):
    hits = installation.index.search(Query(kind="measure", where=(Term(field="name", any_of=(name,)),))).hits
    return [hit.document for hit in hits]


def test_a_new_subject_is_opened_once_named_and_kept(opened):
    installation = opened()
    fill(installation, corpus(new=20))
    assert find_themes(installation) == 1
    (theme,) = themes_of(installation)
    assert theme.label.startswith("carte cadeau")
    assert theme.id.startswith("carte-cadeau")
    found = assigned(installation)
    members = {key for key, ids in found.items() if ids}
    assert len(members & {f"m{number:05}" for number in range(20)}) >= 16
    assert len(members) <= 24
    (document,) = measures(installation, NEW_THEME)
    assert document.subject == theme.label
    assert document.period_start == MONDAY
    (covered,) = measures(installation, COVERAGE)
    assert covered.n == 60
    assert 0.2 < covered.value < 0.5
    # again, over the same: nothing moves, no revision grows
    before = {hit.document.id: hit.document for hit in installation.index.search(Query(), size=1000).hits}
    assert find_themes(installation) == 0
    assert update_brand(installation, "pousse", week_of(installation)) == []
    after = {hit.document.id: hit.document for hit in installation.index.search(Query(), size=1000).hits}
    assert before == after
    with installation.state.read() as connection:
        rows = load_items(connection, sorted(members))
    assert all(rows[key].emergent == (theme.id,) for key in members)


def week_of(installation):
    return last_full_period("week", installation.clock(), timezone=installation.settings.timezone)


def test_the_same_sentences_have_the_same_ids(opened, tmp_path):
    installation = opened()
    fill(installation, corpus(new=20))
    find_themes(installation)
    (theme,) = themes_of(installation)
    other = opened(folder=tmp_path / "other")
    fill(other, corpus(new=20))
    find_themes(other)
    assert [each.id for each in themes_of(other)] == [theme.id]
    assert assigned(other) == assigned(installation)


def test_a_quiet_week_opens_nothing(opened):
    installation = opened()
    fill(installation, corpus(new=0))
    assert find_themes(installation) == 0
    assert not any(assigned(installation).values())


def test_a_week_more_moves_nothing(opened):
    installation = opened()
    fill(installation, corpus(new=20))
    find_themes(installation)
    before = assigned(installation)
    later = opened(NOW + timedelta(days=7))
    other = theme_window.direction(np.random.default_rng(123))
    fill(
        later,
        list(corpus(new=20, week=MONDAY + timedelta(days=7), first=10_000, seed=8, direction=other))[:60],
    )
    find_themes(later)
    after = assigned(later)
    assert {key: after[key] for key in before} == before
    assert len(themes_of(later)) >= 1


def test_people_rename_ignore_and_merge(opened):
    installation = opened()
    fill(installation, corpus(new=20))
    find_themes(installation)
    (theme,) = themes_of(installation)
    rename_theme(installation, theme.id, "Cartes cadeaux refusées", by="ana")
    update_brand(installation, "pousse", week_of(installation))
    assert [each.subject for each in measures(installation, NEW_THEME)] == ["Cartes cadeaux refusées"]
    ignore_theme(installation, theme.id, by="ana")
    update_brand(installation, "pousse", week_of(installation))
    assert not any(assigned(installation).values())
    assert measures(installation, NEW_THEME) == []
    assert update_brand(installation, "pousse", week_of(installation)) == []
    ignore_theme(installation, theme.id, by="ana", ignored=False)
    update_brand(installation, "pousse", week_of(installation))
    assert any(assigned(installation).values())
    with installation.state.read() as connection:
        assert [each.action for each in list_audit(connection)] == ["theme"] * 3
    with pytest.raises(UsageError, match="no theme"):
        rename_theme(installation, "nothing", "x", by="ana")
    with pytest.raises(UsageError, match="itself"):
        merge_theme(installation, theme.id, theme.id, by="ana")
