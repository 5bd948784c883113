from datetime import UTC, datetime

import pytest

from crawlers.sources.forum.source import SOURCE, ForumParams, entity, requests
from ouidire.errors import Blocked, LayoutChanged
from ouidire.page import Page
from tests.support import golden
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)
HTML = {"content-type": "text/html; charset=utf-8"}
HEAD = '<!doctype html><html><body id="phpbb">'


def page(body, url="https://forum.example/viewtopic.php?t=8", **context):
    return Page(url=url, body=body.encode(), fetched_at=AT, headers=HTML, context=context)


def parse(*args, **more):
    return SOURCE.parse(page(*args, **more))


def post(number, words="Chez Pousse", date="2026-03-08T10:00:00+00:00"):
    return (
        f'<div id="p{number}" class="post bg1"><p class="author"><strong>maud</strong> '
        f'<time datetime="{date}">là</time></p><div class="content">{words}</div>'
        f'<div class="signature">Pousse pour toujours</div></div>'
    )


def topic(number, title):
    return (
        f'<li class="row"><dl><dt><a class="topictitle" href="/viewtopic.php?t={number}">{title}</a> par '
        f'<a href="#">lou</a> » <time datetime="2026-03-0{number}T10:00:00+00:00">x</time></dt></dl></li>'
    )


def test_a_threads_entity_is_the_same_on_all_its_pages():
    first = entity(ForumParams(url="https://www.jardin-forum.fr/viewtopic.php?t=8"))
    assert first == entity(ForumParams(url="http://jardin-forum.fr/viewtopic.php?t=8&start=20"))
    (request,) = requests(ForumParams(url="https://forum.example/f/3/", must_name=("Pousse",)))
    assert request.context["threads"] == "yes"


def test_quotations_and_signatures_are_not_what_a_post_says():
    quoted = "<blockquote><cite>idris a écrit :</cite>Pousse est nul</blockquote>Ah bon ?"
    found = parse(HEAD + post(1, quoted) + post(2), must_name='["Pousse"]')
    assert [(item.native_id, item.text) for item in found.items] == [("p2", "Chez Pousse")]


def test_a_page_is_read_alike_twice():
    one = page(HEAD + post(1, "<blockquote>x</blockquote>Oui"))
    assert SOURCE.parse(one) == SOURCE.parse(one)


@pytest.mark.parametrize(
    ("url", "opens"),
    [
        ("https://forum.example/viewtopic.php?t=8", True),
        ("https://forum.example/viewtopic.php?t=8&start=0", True),
        ("https://forum.example/threads/x.8/page-1", True),
        ("https://forum.example/viewtopic.php?t=8&start=10", False),
        ("https://forum.example/threads/x.8/page-2", False),
        ("https://forum.example/threads/x.8/page-12", False),
        ("https://forum.example/showthread.php?8&page=3", False),
    ],
)
def test_only_the_first_post_of_a_thread_has_its_title(url, opens):
    (one,) = parse(f"{HEAD}<h2>Vos achats</h2>{post(1)}", url=url).items
    assert (one.kind, one.title) == (("post", "Vos achats") if opens else ("comment", None))


def test_the_next_page_is_one_of_the_same_site():
    for link, follows in {
        '<a rel="next" href="?t=8&start=10">2</a>': 1,
        '<a rel="next" href="https://ailleurs.example/">2</a>': 0,
        '<a rel="next" href="#suite">2</a>': 0,
        '<a rel="next" href="javascript:x">2</a>': 0,
    }.items():
        found = parse(HEAD + post(1) + link)
        assert len(found.follow) == follows
        assert found.last_page is not bool(follows)


def test_dates_of_another_calendar_are_no_dates_and_dates_that_are_none_are_said():
    assert parse(HEAD + post(1, date="1394/11/27")).rejected == ()
    found = parse(HEAD + post(1, date="bientôt"))
    assert [each.reason for each in found.rejected] == ["bad_date"]
    assert len(found.items) == 1


def test_of_a_board_only_the_threads_that_are_named_are_read():
    board = HEAD + topic(1, "Pousse : vos avis") + topic(2, "Semis")
    found = parse(board, threads="yes", must_name='["Pousse"]')
    assert (found.items, found.says_empty) == ((), True)
    assert [follow.url for follow in found.follow] == ["https://forum.example/viewtopic.php?t=1"]
    assert "threads" not in found.follow[0].context
    assert [item.title for item in parse(board).items] == ["Pousse : vos avis", "Semis"]


def test_a_board_is_read_back_to_what_was_read_before():
    board = HEAD + topic(1, "Semis") + '<a rel="next" href="?start=25">2</a>'
    asked = {"threads": "yes", "must_name": '["Pousse"]'}
    assert parse(board, since="2026-03-05T00:00:00+00:00", **asked).follow == ()
    assert len(parse(board, since="2026-02-25T00:00:00+00:00", **asked).follow) == 1


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (f"{HEAD}<p>Aucun sujet</p>", LayoutChanged),
        ("<html><body><div class='post' id='p1'>x</div></body></html>", LayoutChanged),
        (f"{HEAD}<form>Vous devez vous connecter<input type='password'></form>", Blocked),
    ],
)
def test_what_is_no_thread_is_never_an_empty_one(body, error):
    with pytest.raises(error):
        parse(body)


def test_a_wall_is_a_refusal():
    with pytest.raises(Blocked):
        SOURCE.parse(golden.load(golden.PAGES / "forum" / "2026-03-members-only"))


def test_a_crawl_goes_from_the_board_to_the_end_of_the_thread(tmp_path):
    def answer(asked):
        if asked.path == "/viewforum.php":
            return Answer(HEAD + topic(1, "Pousse") + topic(2, "Semis"), headers=HTML)
        start = int(asked.query.get("start", "0"))
        link = f'<a rel="next" href="/viewtopic.php?t=1&start={start + 10}">suite</a>' if start < 20 else ""
        return Answer(HEAD + post(start + 1) + post(start + 2, "Sans nom") + link, headers=HTML)

    with ApiSite(answer) as site:
        params = {"url": f"{site.url}/viewforum.php?f=4", "must_name": ["Pousse"], "days": 3650}
        done = crawl("forum", params, tmp_path / "run")
    assert done.summary.status == "ok"
    assert [item.native_id for item in done.items] == ["p1", "p11", "p21"]
    assert {item.entity for item in done.items} == {entity(ForumParams(**params))}
