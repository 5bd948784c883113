"""What a harvested mention is to what is known, case by case."""

from datetime import UTC, datetime, timedelta

import pytest

from ouidire.clock import StatedDate
from ouidire.mention import Mention, Rating, Reply
from ouidire.settings.brand import Brand
from ouidire.state.runs import Run
from service.pipeline.index.decide import decide, relevant_brands

NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def run(sequence=1, **more):
    names = {
        "id": f"r{sequence}",
        "kind": "collect",
        "source": "schema_org",
        "source_key": "schema_org:shop",
        "entity": "shop",
    }
    return Run(**{**names, "sequence": sequence, "started_at": NOW, "status": "ok", **more})


def mention(text="Très bien", **more):
    date = StatedDate(at=NOW - timedelta(days=2), precision="day")
    return Mention(
        **{
            "entity": "shop",
            "native_id": "1",
            "text": text,
            "rating": Rating(value=4),
            "published": date,
            **more,
        }
    )


def settle(said, before=None, *, seen_at=LATER, by=None, brands=("a",), missed_at=None):
    return decide(
        said, "id1", seen_at=seen_at, run=by or run(2), brands=brands, before=before, missed_at=missed_at
    )


@pytest.fixture
def known():
    return settle(mention(), seen_at=NOW, by=run(1)).row


def test_the_first_time_it_is_new_and_dated_by_both_clocks():
    found = settle(mention(), seen_at=NOW, by=run(1), brands=("b", "a"))
    assert (found.changed, found.event, found.row.revision, found.row.brands) == (True, None, 1, ("a", "b"))
    assert (found.row.published_at, found.row.first_seen_at, found.row.late) == (
        NOW - timedelta(days=2),
        NOW,
        False,
    )


def test_what_was_said_long_before_it_was_seen_is_late():
    assert settle(mention(published=StatedDate(at=NOW - timedelta(days=9)))).row.late
    assert not settle(mention(published=None)).row.late


def test_seen_again_unchanged_it_keeps_its_revision(known):
    found = settle(mention(), known)
    assert (found.changed, found.event, found.row.revision, found.row.last_seen_at) == (False, None, 1, LATER)


def test_other_words_or_stars_are_an_edit(known):
    for said in (mention("Très déçu"), mention(rating=Rating(value=1))):
        found = settle(said, known)
        assert (found.changed, found.event, found.row.revision) == (True, "edited", 2)


def test_an_answer_of_the_brand_is_an_update_but_no_edit(known):
    found = settle(mention(reply=Reply(text="Merci !")), known)
    assert (found.changed, found.event, found.row.revision) == (True, None, 2)


def test_a_newspaper_that_corrects_itself_tells_nothing(known):
    before = settle(mention(kind="article"), seen_at=NOW, by=run(1)).row
    assert settle(mention("Corrigé", kind="article"), before).event is None


def test_reading_old_pages_anew_tells_of_no_edit(known):
    assert settle(mention("Mieux lu"), known, by=run(2, kind="reparse")).event is None


def test_an_older_reading_changes_nothing(known):
    assert settle(mention("Très vieux"), known, seen_at=NOW - timedelta(hours=1)) is None


def test_what_was_erased_stays_so(known):
    for presence in ("erasing", "erased"):
        assert settle(mention("Encore moi"), known.model_copy(update={"presence": presence})) is None


def test_what_had_vanished_is_restored_only_when_seen_after_it_was_missed(known):
    gone = known.model_copy(update={"presence": "vanished", "vanished_run": 2})
    back = settle(mention(), gone, missed_at=NOW)
    assert (back.event, back.row.presence, back.row.vanished_run, back.row.revision) == (
        "restored",
        "present",
        None,
        2,
    )
    still = settle(mention(), gone, missed_at=LATER)
    assert (still.event, still.row.presence) == (None, "vanished")


def test_one_run_settles_an_item_once(known):
    again = known.model_copy(update={"last_run": 2})
    assert settle(mention(), again) is None
    assert settle(mention("Un extrait…", extent="summary"), again) is None


def test_a_summary_never_replaces_the_article():
    whole = settle(mention("Tout l'article", kind="article", extent="full"), seen_at=NOW, by=run(1)).row
    found = settle(mention("Le début…", kind="article", extent="summary"), whole)
    assert (found.changed, found.row.content) == (False, whole.content)


def test_a_coarser_date_never_overwrites_a_finer_one(known):
    found = settle(mention(published=StatedDate(at=NOW, precision="relative")), known)
    assert (found.changed, found.row.published_at, found.row.published_precision) == (
        False,
        known.published_at,
        "day",
    )
    finer = settle(mention(published=StatedDate(at=NOW, precision="second")), known)
    assert (finer.changed, finer.row.published_at, finer.row.published_precision) == (True, NOW, "second")


def test_brands_are_united_across_runs(known):
    found = settle(mention(), known, brands=("b",))
    assert (found.changed, found.row.brands) == (True, ("a", "b"))


def test_reviews_concern_the_brands_of_their_source_and_articles_those_they_name():
    brands = [Brand(slug="a", name="Ardoise"), Brand(slug="b", name="Bocage", role="competitor")]
    assert relevant_brands(mention(), run(brands=("a",)), brands) == ("a",)
    article = mention("Bocage ouvre à Lyon", kind="article")
    assert relevant_brands(article, run(), brands) == ("b",)
    assert relevant_brands(article, run(brands=("a",)), brands) is None


def test_what_is_left_on_a_brands_own_page_concerns_it_without_its_name():
    brands = [Brand(slug="a", name="Ardoise"), Brand(slug="b", name="Bocage", role="competitor")]
    comment = mention("Toujours rien reçu", kind="comment", extra={"own_page": True})
    assert relevant_brands(comment, run(brands=("a",)), brands) == ("a",)
    assert relevant_brands(mention("Toujours rien reçu", kind="comment"), run(brands=("a",)), brands) is None
