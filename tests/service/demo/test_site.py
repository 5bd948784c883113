"""The demo's web site keeps the promises of its STORY.md: counts, edits, withdrawals, results, layouts."""

import csv
import http.client
import io
import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote_plus, urljoin

import feedparser
import pytest
from parsel import Selector

from service import demo
from service.demo.site import DemoSite
from service.demo.site.content import all_articles, listings
from service.demo.site.pages import HOSTS

STORY = (Path(demo.__file__).parent / "site" / "STORY.md").read_text("utf-8")
WEEKS = range(1, demo.WEEKS + 1)
LISTINGS = [
    (site, slug)
    for site in ("avis-jardin", "verdict-clients", "carnet-vert", "apps")
    for slug in listings(site)
]
HOSTILE = "Pousse & Compagnie : les retards de livraison s'accumulent"


class Answer:
    def __init__(self, raw: http.client.HTTPResponse) -> None:
        self.status = raw.status
        self.headers = raw.headers
        self.body = raw.read()

    @property
    def text(self) -> str:
        return self.body.decode(self.headers.get_content_charset() or "ascii")


@pytest.fixture(scope="module")
def site():
    with DemoSite() as running:
        yield running


def get(site, url, *, week=None, method="GET", headers=None):
    site.week = week or site.week
    connection = http.client.HTTPConnection(site.url.removeprefix("http://"))
    try:
        connection.request(method, url, headers=headers or {})
        return Answer(connection.getresponse())
    finally:
        connection.close()


def table(heading, *, key=1):
    """Rows of the first table under a heading of STORY.md: the first `key` cells give the others."""
    section = STORY.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return {(row[0] if key == 1 else tuple(row[:key])): row[key:] for row in rows}


def week_of(moment):
    return next(
        (week for week in WEEKS if week_start(week) <= moment < week_start(week) + timedelta(days=7)), 0
    )


def week_start(week):
    return demo.crawl_time(week) - timedelta(days=7, hours=6)


def linked_reviews(site, slug, week):
    """Every review of an avis-jardin listing, following rel=next, and the totals that its pages state."""
    url, found, totals = f"http://avis-jardin.example/avis/{slug}", [], set()
    while url:
        page = Selector(get(site, url, week=week).text)
        data = json.loads(page.css("script[type='application/ld+json']::text").get())
        assert len(data["review"]) <= 20
        found += data["review"]
        totals |= {
            data["aggregateRating"]["reviewCount"],
            int(page.css(".review-count::text").re_first(r"\d+")),
        }
        following = page.css("a[rel=next]::attr(href)").get()
        url = urljoin(url, following) if following else None
    return {review["identifier"]: review for review in found}, found, totals


def test_calendar():
    assert demo.crawl_time(1) == datetime(2026, 1, 19, 5, tzinfo=UTC)
    assert demo.crawl_time(8) == datetime(2026, 3, 9, 5, tzinfo=UTC)
    assert [path.name for path in demo.survey_files(2)] == ["sondage-2026-S03.csv", "sondage-2026-S04.csv"]
    for week in (0, 9):
        with pytest.raises(ValueError, match="weeks 1 to 8"):
            demo.crawl_time(week)
        with pytest.raises(ValueError, match="weeks 1 to 8"):
            DemoSite(week)


def test_new_mentions_are_those_of_the_story():
    expected = table("New mentions, by week of publication")
    counts = {
        f"{site}/{slug}": Counter(week_of(review.date) for review in listings(site)[slug].reviews)
        for site, slug in LISTINGS
    }
    counts["le-potager-bavard"] = Counter(week_of(article.date) for article in all_articles())
    counts["surveys"] = Counter({week: len(survey(week)[1]) for week in WEEKS})
    counts["everything"] = sum(counts.values(), Counter())
    ours = [name for name in counts if name == "surveys" or name.endswith("990001") or "/pousse" in name]
    articles = Counter(
        week_of(article.date) for article in all_articles() if "pousse-et-compagnie" in article.brands
    )
    counts["Pousse & Compagnie"] = sum((counts[name] for name in ours), articles)
    assert {
        name: [str(count[week]) for week in range(9)] + [str(count.total())] for name, count in counts.items()
    } == expected


def test_content_is_written_once_and_identified():
    reviews = [(site, slug, review) for site, slug in LISTINGS for review in listings(site)[slug].reviews]
    for site_name in ("avis-jardin", "verdict-clients"):
        ids = [review.id for site, _, review in reviews if site == site_name]
        assert len(ids) == len(set(ids))
    texts = [review.text for _, _, review in reviews]
    assert all(texts)
    assert len(texts) == len(set(texts))
    assert sum(review.lang == "en" for _, _, review in reviews) >= 35
    for _, _, review in reviews:
        assert review.reply is None or (
            review.reply.date > review.date and week_of(review.reply.date) == week_of(review.date)
        )
        assert all(edit.date > review.date and week_of(edit.date) == edit.week for edit in review.edits)


@pytest.mark.parametrize("week", WEEKS)
def test_totals_stated_and_enumerated(site, week):
    shown = {
        name: int(cells[week - 1])
        for name, cells in table("What a complete enumeration finds at each crawl").items()
    }
    for slug in listings("avis-jardin"):
        by_id, found, totals = linked_reviews(site, slug, week)
        assert len(by_id) == len(found) == shown[f"avis-jardin/{slug}"]
        assert totals == {len(found)}
        dates = [datetime.fromisoformat(review["datePublished"]) for review in found]
        assert dates == sorted(dates, reverse=True)
        assert dates[0] <= demo.crawl_time(week)
    for slug in listings("verdict-clients"):
        first = json.loads(
            get(site, f"http://verdict-clients.example/api/avis?marque={slug}", week=week).text
        )
        pages = [
            get(site, f"http://verdict-clients.example/api/avis?marque={slug}&page={n}")
            for n in range(1, first["pages"] + 1)
        ]
        cards = [card["id"] for page in pages for card in json.loads(page.text)["avis"]]
        assert len(set(cards)) == len(cards) == first["total"] == shown[f"verdict-clients/{slug}"]
    assert len(app_entries(site, week)) == shown["apps/990001"]


def app_entries(site, week):
    url, found = "http://apps.example/fr/rss/customerreviews/page=1/id=990001/sortby=mostrecent/json", {}
    while True:
        feed = json.loads(get(site, url, week=week).text)["feed"]
        found |= {entry["id"]["label"]: int(entry["im:rating"]["label"]) for entry in feed["entry"]}
        links = {link["attributes"]["rel"]: link["attributes"]["href"] for link in feed["link"]}
        if links["next"] == links["self"] == links["last"]:
            return found
        url = links["next"]


def test_edits_withdrawals_and_restoration_happen_when_said(site):
    kinds = {}
    for name in ("avis-jardin", "verdict-clients"):
        before = None
        for week in WEEKS:
            now = {}
            for slug in listings(name):
                if name == "avis-jardin":
                    found, _, _ = linked_reviews(site, slug, week)
                    now |= {
                        key: (item["reviewRating"]["ratingValue"], item["reviewBody"])
                        for key, item in found.items()
                    }
                else:
                    now |= {item.id: (item.stars, item.text) for item in listings(name)[slug].at(week)}
            before = now if before is None else before
            new = {
                review.id
                for slug in listings(name)
                for review in listings(name)[slug].reviews
                if week_of(review.date) == week
            }
            kinds |= {(str(week), "withdrawn", name, key): True for key in before.keys() - now.keys()}
            kinds |= {
                (str(week), "edited", name, key): True
                for key in before.keys() & now.keys()
                if before[key] != now[key]
            }
            kinds |= {(str(week), "restored", name, key): True for key in now.keys() - before.keys() - new}
            before = now
    assert set(kinds) == set(table("Edited, withdrawn and restored reviews", key=4))
    gone = [item for item in listings("avis-jardin")["pousse-et-compagnie"].reviews if item.withdrawn == 8]
    assert [item.stars for item in gone] == [1, 1, 1]


def test_edited_review_says_so(site):
    before, _, _ = linked_reviews(site, "pousse-et-compagnie-lyon", 3)
    after, _, _ = linked_reviews(site, "pousse-et-compagnie-lyon", 4)
    assert (
        before["AJ-LYO-1123"]["reviewRating"]["ratingValue"],
        after["AJ-LYO-1123"]["reviewRating"]["ratingValue"],
    ) == ("4", "5")
    assert "dateModified" not in before["AJ-LYO-1123"]
    assert after["AJ-LYO-1123"]["dateModified"].startswith("2026-02-04")


def test_verdict_clients_needs_javascript(site):
    page = get(site, "http://verdict-clients.example/marque/pousse-et-compagnie", week=8)
    assert "Activez JavaScript" in page.text
    assert not Selector(page.text).css("[type='application/ld+json'], article")
    texts = [review.text for review in listings("verdict-clients")["pousse-et-compagnie"].reviews]
    assert not any(text in page.text for text in texts if len(text) > 20)


@pytest.mark.browser
def test_verdict_clients_with_javascript(site):
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("needs Chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    site.week = 8
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(
            executable_path=chromium, proxy={"server": site.url}, args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto("http://verdict-clients.example/marque/pousse-et-compagnie?page=3")
        page.wait_for_selector("#app[data-ready]")
        data = json.loads(page.locator("script[type='application/ld+json']").text_content())
        assert (page.locator("article.avis").count(), page.locator("a[rel=next]").count()) == (14, 0)
        browser.close()
    assert (len(data["review"]), data["aggregateRating"]["reviewCount"]) == (14, 54)


def test_carnet_vert_breaks_in_week_7(site):
    url = "http://carnet-vert.example/marques/pousse-et-compagnie"
    shown = table("What a complete enumeration finds at each crawl")["carnet-vert/pousse-et-compagnie"]
    for week in range(1, 7):
        pages = [Selector(get(site, f"{url}?p={number}", week=week).text) for number in (1, 2)]
        third = get(site, f"{url}?p=3")
        pages += [Selector(third.text)] if third.status == 200 else []
        ids = [
            name
            for page in pages
            for name in page.css("[itemprop=review] > [itemprop=identifier]::attr(content)").getall()
        ]
        assert len(set(ids)) == len(ids) == int(shown[week - 1])
        assert pages[0].css("[itemprop=reviewCount]::attr(content)").get() == shown[week - 1]
    old = get(site, url, week=6)
    assert old.headers.get_content_charset() == "iso-8859-15"
    for week in (7, 8):
        new = get(site, url, week=week)
        page = Selector(new.text)
        assert "48 avis" in new.text
        assert not page.css("[itemprop], [itemtype], [typeof], [rel=next], [type='application/ld+json']")
        assert len(page.css(".kZp")) == 20


@pytest.mark.parametrize(("path", "version"), [("/feed.xml", "rss20"), ("/atom.xml", "atom10")])
def test_feeds(site, path, version):
    for week in WEEKS:
        feed = feedparser.parse(get(site, f"http://le-potager-bavard.example{path}", week=week).body)
        published = [article for article in all_articles() if article.date <= demo.crawl_time(week)]
        assert (feed.version, feed.bozo) == (version, False)
        assert [entry.title for entry in feed.entries] == [article.title for article in published[::-1][:20]]
        page = get(site, feed.entries[0].link)
        assert page.status == 200
        assert published[-1].title in Selector(page.text).css("h1::text").get()
    assert (
        get(site, f"http://le-potager-bavard.example/articles/{all_articles()[-1].slug}", week=1).status
        == 404
    )


def organic(site, query, week):
    page = Selector(
        get(site, f"http://moteur.example/search?q={quote_plus(query)}&hl=fr&gl=fr", week=week).text
    )
    return page, [
        link.attrib["href"] for link in page.css("#rso .MjjYud > .tF2Cxc > .yuRUbf > a") if link.css("h3")
    ]


def test_result_pages_change_as_told(site):
    queries = [
        "pousse et compagnie",
        "pousse et compagnie avis",
        "meilleure jardinerie lyon",
        "livraison plantes en ligne",
    ]
    expected = table("First pages of results", key=2)
    seen = 0
    for query in queries:
        _, before = organic(site, query, 1)
        for week in WEEKS:
            _, now = organic(site, query, week)
            assert len(set(now)) == len(now) >= 8
            enters = [(position, url) for position, url in enumerate(now, 1) if url not in before]
            leaves = [url for url in before if url not in now]
            cells = expected.get((query, str(week)), ["", ""])
            told_in, told_out = ([item for item in cell.split(", ") if item] for cell in cells)
            assert [
                f"{url.rstrip('/').rsplit('/', 1)[-1]} ({position})" for position, url in enters
            ] == told_in
            assert len(leaves) == len(told_out)
            assert all(url.rstrip("/").endswith(end) for url, end in zip(leaves, told_out, strict=True))
            seen += bool(enters or leaves)
            before = now
    assert seen == len(expected)


def test_hostile_article_climbs(site):
    positions = []
    for week in (6, 7, 8):
        page, _ = organic(site, "pousse et compagnie", week)
        titles = page.css("#rso .yuRUbf h3::text").getall()
        positions.append(titles.index(HOSTILE) + 1 if HOSTILE in titles else None)
    assert positions == [None, 7, 3]


def test_result_page_features(site):
    page, urls = organic(site, "Pousse  et COMPAGNIE", 8)
    notes = [" ".join(block.css("::text").getall()) for block in page.css(".fG8Fp")]
    clean = [re.sub(r"\s+", " ", note.replace("\u200e", "")).strip() for note in notes]
    assert clean[0] == "Note : 3,4 · 76 avis"
    assert page.css("#tads [data-text-ad] a::attr(href)").get() not in urls
    assert len(page.css(".related-question-pair")) == 4
    assert page.css("[data-attrid=title] span::text").get() == "Pousse & Compagnie"
    lyon, _ = organic(site, "meilleure jardinerie lyon", 8)
    assert lyon.css(".VkpGBb .dbg0pd span::text").getall()[1] == "Pousse & Compagnie Lyon Confluence"
    nothing, none = organic(site, "qui n'existe pas <b>", 8)
    assert none == []
    assert "Aucun document ne correspond" in nothing.css("#topstuff p").xpath("string()").get()
    assert not nothing.css("em b")


def test_robots_on_every_host(site):
    for host in HOSTS:
        robots = get(site, f"http://{host}/robots.txt")
        assert (robots.status, robots.text) == (200, "User-agent: *\nDisallow: /prive/\n")
        assert get(site, f"http://{host}/prive/").status == 200
        assert 'href="/prive/"' in get(site, f"http://{host}/", week=8).text


def test_conditional_requests(site):
    url = "http://le-potager-bavard.example/feed.xml"
    first = get(site, url, week=7)
    again = get(site, url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert get(site, url, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status == 304
    assert (
        get(
            site,
            url,
            headers={"If-None-Match": '"other"', "If-Modified-Since": first.headers["Last-Modified"]},
        ).status
        == 200
    )
    for name, stale in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        assert get(site, url, week=8, headers={name: first.headers[stale]}).status == 200
    quiet = "http://carnet-vert.example/marques/pousse-et-compagnie"
    assert (
        get(site, quiet, week=7).headers["Last-Modified"] == get(site, quiet, week=8).headers["Last-Modified"]
    )


def test_proxy_manners(site):
    by_header = get(site, "/avis/terre-folle", week=8, headers={"Host": "avis-jardin.example:80"})
    assert by_header.body == get(site, "http://avis-jardin.example/avis/terre-folle").body
    assert site.requests[-1] == ("GET", "avis-jardin.example", "/avis/terre-folle", 200)
    unknown = get(site, "http://ailleurs.example/")
    assert unknown.status == 502
    assert "ailleurs.example" in unknown.text
    assert get(site, "http://[ailleurs/", headers={"Host": "ailleurs.example"}).status == 502
    assert get(site, "ailleurs.example:443", method="CONNECT").status == 405
    assert get(site, "http://avis-jardin.example/", method="POST").status == 405
    head = get(site, "http://avis-jardin.example/", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["Content-Length"]) > 1000
    for path in ("/avis/inconnue", "/avis/terre-folle?page=99", "/avis/terre-folle?page=x"):
        assert get(site, f"http://avis-jardin.example{path}").status == 404


def test_same_bytes_from_another_server(site):
    with DemoSite(5) as other:
        for url in (
            "http://avis-jardin.example/avis/pousse-et-compagnie",
            "http://moteur.example/search?q=pousse+et+compagnie",
        ):
            one, two = get(site, url, week=5), get(other, url)
            assert (one.body, one.headers.items()) == (two.body, two.headers.items())


def test_a_browser_may_look_under_localhost(site):
    index = get(site, "/", week=8)
    link = Selector(index.text).css("a[href*='avis-jardin.example.localhost']::attr(href)").get()
    assert link.endswith(f"{site.url.rsplit(':', 1)[1]}/")
    results = get(site, "/search?q=pousse+et+compagnie", headers={"Host": "moteur.example.localhost:80"})
    assert "http://avis-jardin.example.localhost:" in results.text


def survey(week):
    """All rows of a week's file, and those of them that are fit for use as (score, store)."""
    raw = demo.survey_files(week)[-1].read_bytes()
    marked = raw.startswith(b"\xef\xbb\xbf")
    assert marked == (week % 2 == 0)
    header, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig" if marked else "cp1252")), delimiter=";")
    assert header == ["Date de réponse", "Note (0 à 10)", "Commentaire", "Magasin", "N° de réponse"]
    good = []
    for row in rows:
        try:
            day, score = datetime.strptime(row[0][:10], "%d/%m/%Y").replace(tzinfo=UTC), int(row[1])
        except ValueError:
            continue
        if len(row) == 5 and 0 <= score <= 10:
            assert week_of(day + timedelta(hours=12)) == week
            good.append((score, row[3]))
    return rows, good


def points(scores):
    return f"{100 * sum((score > 8) - (score < 7) for score in scores) / len(scores):+.0f} ({len(scores)})"


def test_survey_files():
    expected = table("Survey files")
    for week, (name, told) in zip(WEEKS, expected.items(), strict=True):
        rows, good = survey(week)
        assert demo.survey_files(week)[-1].stem.endswith(name)
        stores = (None, "Boutique en ligne", "Lyon Confluence")
        nps = [points([score for score, shop in good if store in (None, shop)]) for store in stores]
        assert [str(len(rows)), str(len(good)), *nps] == told[:5]


def test_the_app_feed_says_the_same_in_xml(site):
    base = "http://apps.example/fr/rss/customerreviews/page=1/id=990001/sortby=mostrecent"
    feed = json.loads(get(site, f"{base}/json", week=8).text)["feed"]
    page = Selector(get(site, f"{base}/xml", week=8).text, type="xml")
    page.remove_namespaces()
    assert page.xpath("//entry/id/text()").getall() == [entry["id"]["label"] for entry in feed["entry"]]
    assert page.xpath("//entry/content[@type='text']/text()").getall() == [
        entry["content"]["label"] for entry in feed["entry"]
    ]
