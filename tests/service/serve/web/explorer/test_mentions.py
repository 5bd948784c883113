"""The page of mentions, over real HTTP: what it shows, where it leads, what it refuses."""

import json
import re
from urllib.parse import quote

from tests.service.serve.web.explorer.conftest import HOSTILE

POLICY = "Content-Security-Policy"


def links(text, path="/mentions"):
    return [
        each.replace("&amp;", "&") for each in re.findall(r'href="([^"]*)"', text) if each.startswith(path)
    ]


def test_a_view_is_listed_with_facets_bars_and_chips(explored):
    status, headers, text = explored.ask("/mentions?brand=jardivert&side=negative")
    assert status == 200
    assert "script-src" not in headers[POLICY]
    assert "default-src 'none'" in headers[POLICY]
    assert "<script" not in text
    total = int(re.search(r"<h1>(\d+) mentions?</h1>", text)[1])
    assert total > 5
    assert text.count('<article class="mention">') == min(25, total)
    assert 'class="bars"' in text
    assert "Tonalité\u00a0: négatif" in text
    # the facet of tone counts as if it were not in use, and each link opens what it counts
    row = re.search(r'href="(/mentions\?[^"]*side=negative[^"]*side=positive[^"]*)".*?class="n">(\d+)<', text)
    status, _, both = explored.ask(row[1].replace("&amp;", "&"))
    assert status == 200
    assert int(re.search(r"<h1>(\d+) mentions?</h1>", both)[1]) == total + int(row[2])


def test_every_link_of_the_page_opens(explored):
    _, _, text = explored.ask("/mentions?published=2026-02&compare=before")
    assert "À côté de la période d’avant" in text
    for link in list(dict.fromkeys(links(text, "/mentions?")))[::7]:
        status, headers, _ = explored.ask(link)
        assert status in (200, 303), link
        assert status == 200 or "lang" in headers["Location"]


def test_another_spelling_leads_to_the_one_address(explored):
    status, headers, _ = explored.ask(
        "/mentions?side=negative&q=&published=semaine%2010&brand=jardivert&brand=jardivert"
    )
    assert status == 303
    assert headers["Location"] == "/mentions?brand=jardivert&side=negative&published=2026-W10"
    assert explored.ask(headers["Location"])[0] == 200


def test_pages_follow_one_another_to_the_end(explored):
    seen, link = [], "/mentions?source=feed"
    while link:
        status, _, text = explored.ask(link)
        assert status == 200
        seen += re.findall(r'<h3[^>]*><a href="/mentions/([^"]+)"', text)
        found = re.search(r'class="button" href="([^"]*)"', text)
        link = found and found[1].replace("&amp;", "&")
        assert len(seen) < 1000
    total = int(re.search(r"<h1>([\d\u202f]+) mentions?</h1>", text)[1].replace("\u202f", ""))
    assert len(seen) == len(set(seen)) == total


def test_what_there_is_not_is_one_clear_page(explored):
    for sent, said in (
        ("side=angry", "n’est pas une valeur"),
        ("published=bient%C3%B4t", "n’est pas une date"),
        ("after=xyz", "Cette suite"),
        ("by=hour", "« hour »".replace(" ", "\u00a0")),
        ("compare=never", "compare"),
        ("x" * 9000 + "=1", "8000"),
    ):
        status, _, text = explored.ask(f"/mentions?{sent}")
        assert status == 400, sent
        assert said in text, sent
        assert "Traceback" not in text


def test_nothing_hostile_becomes_markup(explored):
    _, headers, _ = explored.ask(f"/mentions?q=&place={quote(HOSTILE[0])}&duplicates=shown")
    _, _, text = explored.ask(headers["Location"])
    assert "&lt;script&gt;" in text
    for danger in ("<script", "<img", "<svg onload", "onerror=alert(1)>", 'href="javascript'):
        assert danger not in text
    assert "49" not in re.findall(r"<h3>.*?</h3>", explored.ask("/mentions?brand=pousse")[2])
    assert "\u202e" not in text


def test_words_found_are_marked_and_nothing_found_says_what_to_do(explored):
    _, _, text = explored.ask("/mentions?q=livraison")
    assert '<mark class="found">' in text
    status, _, text = explored.ask("/mentions?q=introuvable%20mot")
    assert status == 200
    assert "Aucune mention ici." in text
    assert "Tout effacer" in text


def test_the_page_is_whole_in_english(explored):
    _, _, text = explored.ask("/mentions?brand=jardivert&lang=en")
    assert "Over time" in text
    assert 'lang="en"' in text
    assert all("lang=en" in each for each in links(text, "/mentions?") if "lang=fr" not in each)


def test_only_who_is_admitted_sees_mentions(installation, served):
    with served(password="x" * 20) as browser:
        for path in ("/mentions", "/mentions?brand=jardivert", "/explorer.css"):
            status, headers, _ = browser.ask(path)
            assert (status, headers["Location"]) == (303, "/connexion")


def test_without_an_index_it_is_said_what_to_do(served):
    with served() as browser:
        status, _, text = browser.ask("/mentions")
    assert status == 503
    assert "ouidire index rebuild" in text


def test_a_view_by_meaning_lists_the_nearest_and_counts_what_filters_keep(explored):
    total = int(
        re.search(r"<h1>(\d+) mentions?</h1>", explored.ask("/mentions?brand=pousse&side=negative")[2])[1]
    )
    _, _, text = explored.ask("/mentions?like=retard%20de%20livraison&brand=pousse&side=negative")
    assert int(re.search(r"<h1>(\d+) mentions?</h1>", text)[1]) == total
    listed = re.findall(r'<h3[^>]*><a href="/mentions/([^"]+)"', text)
    assert 0 < len(listed) <= 50
    assert f"Les {len(listed)} plus proches par le sens" in text
    assert "Par le sens\u00a0: «\u00a0retard de livraison\u00a0»" in text
    assert 'name="like" type="search" value="retard de livraison"' in text
    _, _, found = explored.ask("/mentions.json?like=retard%20de%20livraison&brand=pousse&side=negative")
    assert [each["id"] for each in json.loads(found)["items"]] == listed
    _, _, file = explored.ask("/mentions.ndjson?like=retard%20de%20livraison&brand=pousse&side=negative")
    assert sorted(json.loads(line)["id"] for line in file.splitlines()) == sorted(listed)


def test_a_mention_shows_those_that_are_near_in_meaning(explored):
    _, _, found = explored.ask("/mentions.json?like=service%20client&brand=pousse")
    with_vector = next(each["id"] for each in json.loads(found)["items"])
    _, _, text = explored.ask(f"/mentions/{with_vector}")
    _, _, shape = explored.ask(f"/mentions/{with_vector}.json")
    similar = json.loads(shape)["similar"]
    assert with_vector not in similar
    assert ("Semblables par le sens" in text) == bool(similar)
    if similar:
        assert f"/mentions?like-id={with_vector}" in text
        assert explored.ask(f"/mentions?like-id={with_vector}")[0] == 200
    assert explored.ask("/mentions?like-id=nobody")[0] == 400
