"""Tests of which identity a page's mentions have: the choice of before, then what is known, then the page."""

from datetime import UTC, datetime

from crawlers.health.past import ID_DIGITS
from crawlers.id_scheme import IdSchemes
from ouidire.clock import StatedDate
from ouidire.items import Parsed, StatedId
from ouidire.mention import Mention
from ouidire.page import Page

URL = "https://avis.example/pousse"
PAGE = Page(url=f"{URL}?page=1", body=b"", fetched_at=datetime(2026, 3, 9, tzinfo=UTC))


def mention(number, native_id=None, *, author=True):
    return Mention(
        entity="pousse",
        native_id=native_id,
        url=f"{URL}#{native_id}" if native_id else URL,
        text=f"Avis {number}",
        author=f"Client {number}" if author else None,
        published=StatedDate(at=datetime(2026, 1, 1 + number, 12, tzinfo=UTC), precision="day"),
    )


def own(**more):
    """A page whose ids are taken for the site's own."""
    return Parsed(items=tuple(mention(n, f"a{n}", **more) for n in range(3)), layout="json-ld")


def counted():
    """The same reviews where their ids just count them."""
    ids = {number: StatedId(native_id=f"a{number}", url=f"{URL}#a{number}") for number in range(3)}
    return Parsed(items=tuple(mention(n) for n in range(3)), layout="json-ld", counted=ids)


def schemes(chosen=None, known=()):
    short = [each[:ID_DIGITS] for each in known]
    return IdSchemes(chosen or {}, known=short, slug="schema_org", secret=b"k" * 32)


def ids(parsed, **more):
    return [each.item_id for each in schemes(**more).identify(parsed, PAGE)]


def test_without_a_past_the_page_decides_and_the_choice_is_kept():
    first = schemes()
    assert [each.item_id for each in first.identify(counted(), PAGE)] == ids(counted())
    assert first.chosen == {"json-ld": "unstated"}
    other = schemes()
    other.identify(own(), PAGE)
    assert other.chosen == {"json-ld": "stated"}


def test_what_was_chosen_stands_whatever_the_page_looks_like():
    for scheme in ("stated", "unstated"):
        chosen = {"json-ld": scheme}
        assert ids(own(), chosen=chosen) == ids(counted(), chosen=chosen)
    assert ids(own(), chosen={"json-ld": "stated"}) != ids(own(), chosen={"json-ld": "unstated"})


def test_an_old_state_without_a_choice_is_asked_what_it_knows():
    by_author = ids(counted())
    assert ids(own(), known=by_author) == by_author
    by_id = ids(own())
    assert ids(counted(), known=by_id) == by_id


def test_one_run_keeps_to_one_scheme_over_its_pages():
    run = schemes()
    run.identify(counted(), PAGE)
    assert [each.item_id for each in run.identify(own(), PAGE)] == ids(counted())


def test_other_ids_are_those_of_the_other_scheme_and_only_where_they_tell_who_it_is():
    both = schemes().identify(own(), PAGE, both=True)
    assert [each.other_id for each in both] == ids(counted())
    assert [each.other_id for each in schemes().identify(own(author=False), PAGE, both=True)] == ids(
        own(author=False)
    )


def test_sources_without_ids_are_left_alone():
    run = schemes()
    plain = Parsed(items=tuple(mention(n) for n in range(3)), layout="json-ld")
    assert [each.item_id for each in run.identify(plain, PAGE)] == ids(counted())
    assert run.chosen == {}
