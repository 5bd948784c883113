from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.sources.feed.entries import named
from crawlers.sources.feed.source import SOURCE, FeedParams, entity, requests
from ouidire.errors import Blocked, LayoutChanged, SourceError
from ouidire.items import Parsed
from ouidire.page import Page
from tests.support import golden

parse = SOURCE.parse
AT = datetime(2026, 3, 10, 15, tzinfo=UTC)
ATOM = golden.load(golden.PAGES / "feed" / "2026-03-atom-full-text")
ARTICLE = golden.load(golden.PAGES / "feed" / "2026-03-article")


def rss(*entries, url="https://gazette.example/rss", head="", context=None):
    items = "".join(f"<item>{one}</item>" for one in entries)
    channel = f"<channel><title>t</title>{items}</channel>"
    body = f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0">{channel}</rss>'
    return Page(url=url, body=body.encode(), fetched_at=AT, context=context or {})


def test_an_entry_and_its_article_are_one_mention():
    (request,) = requests(FeedParams(url=ATOM.url, full_text=True))
    found = parse(golden.changed(ATOM, context=request.context))
    follow = found.follow[0]
    article = parse(golden.changed(ARTICLE, url=follow.url, kind=follow.kind, context=follow.context)).items[
        0
    ]
    entry = found.items[0]
    assert (article.entity, article.native_id, article.title, article.author, article.published) == (
        entry.entity,
        entry.native_id,
        entry.title,
        entry.author,
        entry.published,
    )
    assert (entry.extent, article.extent) == ("summary", "full")
    assert len(article.text) > len(entry.text)


def test_an_article_read_alone_is_known_by_the_link_it_calls_its_own():
    body = ARTICLE.body.replace(
        b"<head>", b'<head><link rel="canonical" href="https://potager.example/2026/03/pousse?utm_source=z">'
    )
    (one,) = parse(golden.changed(ARTICLE, body=body, context={})).items
    assert one.native_id == "https://potager.example/2026/03/pousse"
    assert (one.title, one.published.at) == (
        "J'ai testé Pousse & Compagnie",
        datetime(2026, 3, 7, 8, tzinfo=UTC),
    )


def test_summaries_only_without_full_text():
    (request,) = requests(FeedParams(url=ATOM.url))
    found = parse(golden.changed(ATOM, context=request.context))
    assert (len(found.items), found.follow, found.items[0].extra) == (2, (), {})


def test_what_left_the_feed_has_not_vanished():
    assert parse(rss("<link>https://a.example/1</link>")).last_page is False


def test_since_spares_old_articles():
    (request,) = requests(FeedParams(url=ATOM.url, full_text=True), since=datetime(2026, 3, 5, tzinfo=UTC))
    assert [
        one.url.partition("?")[0] for one in parse(golden.changed(ATOM, context=request.context)).follow
    ] == ["https://potager.example/2026/03/pousse"]


def test_the_entity_is_the_feeds_address():
    for url in ("https://gazette.example/rss?utm_source=x", "http://gazette.example/rss#haut"):
        assert entity(FeedParams(url=url)) == "gazette.example/rss"
    assert parse(rss("<link>https://a.example/1</link>")).items[0].entity == "gazette.example/rss"


@pytest.mark.parametrize(
    ("entry", "native"),
    [
        ("<link>https://a.example/1?xtor=RSS-1</link><guid>g</guid>", "https://a.example/1"),
        ('<guid isPermaLink="true">https://a.example/2</guid>', "https://a.example/2"),
        ('<guid isPermaLink="false">g3</guid><title>t</title>', "g3"),
        ('<link>javascript:x</link><guid isPermaLink="false">g4</guid>', "g4"),
    ],
)
def test_identity(entry, native):
    assert parse(rss(entry)).items[0].native_id == native


def test_names_are_words():
    assert named(["Pousse & Cie"], "Chez POUSSE & CIE, hier")
    assert named(["Élan"], "l'elan du cœur")
    assert not named(["Pousse"], "Poussette", None)
    assert named([], "rien")


def test_names_are_looked_for_in_the_full_text_too():
    quiet = golden.changed(ARTICLE, context={"must_name": '["Autre Marque"]'})
    assert (parse(quiet).items, parse(quiet).says_empty) == ((), True)


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE r [<!ENTITY a "b">]>',
        '<!DOCTYPE r [<!entity % x SYSTEM "http://a.example/x.dtd"> %x;]>',
        '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entity_definitions_are_refused(head):
    with pytest.raises(LayoutChanged):
        parse(rss("<title>&a;</title>", head=head))
    stored = rss("<title>&a;</title>", head=head)
    with pytest.raises(LayoutChanged):
        parse(golden.changed(stored, body=stored.body.decode().replace("utf-8", "utf-16").encode("utf-16")))


def test_the_old_doctype_of_rss_is_accepted_and_not_fetched():
    head = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    assert len(parse(rss("<link>https://a.example/1</link>", head=head)).items) == 1


def test_markup_and_scripts_become_text():
    text = "&lt;p&gt;A&lt;/p&gt;&lt;p&gt;B&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;"
    title = "<title>&lt;b&gt;Un&lt;/b&gt; &amp;amp; deux</title>"
    entry = f"<link>https://a.example/1</link>{title}<description>{text}</description>"
    (one,) = parse(rss(entry)).items
    assert (one.title, one.text) == ("Un & deux", "A\n\nB")


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-15", "cp1252", "utf-16"])
def test_charsets(encoding):
    item = "<item><title>Été à l'œuvre</title><link>https://a.example/1</link></item>"
    body = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel>{item}</channel></rss>'
    assert (
        parse(Page(url="https://a.example/rss", body=body.encode(encoding), fetched_at=AT)).items[0].title
        == "Été à l'œuvre"
    )


@pytest.mark.parametrize(
    "body",
    [
        "<rss version='2.0'><channel>" + "<" * 500,
        "<rss version='2.0'><channel><title>coup",
        "<rss><channel>" + "<item/>" * 10_001,
    ],
)
def test_a_broken_feed_is_not_an_empty_one(body):
    with pytest.raises(LayoutChanged):
        parse(Page(url="https://a.example/rss", body=body.encode(), fetched_at=AT))


def test_refusals_are_told():
    with pytest.raises(Blocked):
        parse(Page(url="https://a.example/rss", body=b"", fetched_at=AT, status=403))


@given(st.integers(0, len(ATOM.body)), st.binary(max_size=6), st.integers(0, 30))
def test_any_mutation_ends_clearly(where, put, gone):
    with suppress(SourceError):
        assert isinstance(
            parse(golden.changed(ATOM, body=ATOM.body[:where] + put + ATOM.body[where + gone :])), Parsed
        )


@given(st.integers(0, len(ARTICLE.body)), st.binary(max_size=6), st.integers(0, 300))
def test_any_article_ends_clearly(where, put, gone):
    with suppress(SourceError):
        assert isinstance(
            parse(golden.changed(ARTICLE, body=ARTICLE.body[:where] + put + ARTICLE.body[where + gone :])),
            Parsed,
        )


@pytest.mark.parametrize(
    "body",
    [
        "<rss>" * 5_000,
        "<rss><channel>" + "<item>" * 5_000,
        "<rss " + "a='b' " * 20_000,
        "<rss>" + "<![CDATA[" * 5_000,
        "<rss>" + "&" * 50_000,
    ],
)
def test_hostile_feeds_end_clearly(body):
    with suppress(SourceError):
        assert isinstance(parse(Page(url="https://a.example/rss", body=body.encode(), fetched_at=AT)), Parsed)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://www.google.com/url?rct=j&amp;url=https://presse.example/a%3Fid%3D7&amp;ct=ga", "https://presse.example/a?id=7"),
        ("https://www.google.co.uk/url?q=https://presse.example/b&amp;ct=ga", "https://presse.example/b"),
        ("https://www.google.com/url?url=javascript:alert(1)", "https://www.google.com/url?url=javascript:alert(1)"),
        ("https://google.evil.example/url?url=https://a.example/", "https://google.evil.example/url?url=https://a.example/"),
    ],
)  # fmt: skip
def test_a_redirect_of_google_alerts_is_the_article(link, url):
    assert parse(rss(f"<title>t</title><link>{link}</link>")).items[0].url == url


WHOLE_RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>'
    + "".join(
        f"<item><title>Titre {n}</title><link>https://x.example/{n}</link>"
        f"<description>Texte {n} entier.</description></item>"
        for n in range(12)
    )
    + "</channel></rss>"
)
WHOLE_RDF = (
    '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://x.example"><title>t</title></channel>'
    + "".join(
        f'<item rdf:about="https://x.example/{n}"><title>Titre {n}</title><link>https://x.example/{n}</link>'
        f"<description>Texte {n} entier.</description></item>"
        for n in range(12)
    )
    + "</rdf:RDF>"
)
WHOLE_ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>'
    + "".join(
        f'<entry><title>Titre {n}</title><link href="https://x.example/{n}"/>'
        f"<summary>Texte {n} entier.</summary></entry>"
        for n in range(12)
    )
    + "</feed>"
)


def read(feed):
    at = datetime(2026, 3, 9, tzinfo=UTC)
    return SOURCE.parse(Page(url="https://x.example/feed", body=feed.encode(), fetched_at=at))


@pytest.mark.parametrize("feed", [WHOLE_RSS, WHOLE_RDF, WHOLE_ATOM], ids=["rss", "rdf", "atom"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9, 0.97, 0.995])
def test_a_feed_that_breaks_off_is_a_part_and_its_last_entry_is_not_taken(feed, share):
    found = read(feed[: int(len(feed) * share)])
    assert [one.reason for one in found.rejected] == ["incomplete"]
    assert 2 <= len(found.items) <= 12
    assert [item.text for item in found.items] == [f"Texte {n} entier." for n in range(len(found.items))]


@pytest.mark.parametrize("feed", [WHOLE_RSS, WHOLE_RDF, WHOLE_ATOM], ids=["rss", "rdf", "atom"])
def test_a_whole_feed_is_no_part(feed):
    for end in ("", "\n", "\n<!-- made in 0.3 s -->\n" * 9):
        found = read(feed + end)
        assert (len(found.items), found.rejected) == (12, ())
