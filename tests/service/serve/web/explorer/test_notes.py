"""Views kept under a name and notes on the time line, by forms of ours alone."""

import re

import pytest

LABEL = "<b>Campagne</b> d'été"


def form_of(text):
    return re.search(r'name="form" value="([^"]+)"', text)[1]


def test_a_view_is_kept_opened_and_given_up(explored):
    _, _, text = explored.ask("/mentions?side=negative")
    sent = {"form": form_of(text), "query": "side=negative&lang=fr", "name": LABEL}
    status, headers, _ = explored.ask("/vues", sent)
    assert (status, headers["Location"]) == (303, "/mentions?side=negative")
    _, _, text = explored.ask("/mentions?side=negative")
    assert "&lt;b&gt;Campagne" in text
    address = re.search(r'href="(/vues/[0-9a-f]+)"', text)[1]
    assert explored.ask(address)[1]["Location"] == "/mentions?side=negative"
    assert explored.ask(f"{address}/retirer", {"form": form_of(text)})[0] == 303
    assert explored.ask(address)[0] == 404
    assert "Campagne" not in explored.ask("/mentions?side=negative")[2]


def test_a_note_is_drawn_and_taken_off(explored):
    _, _, text = explored.ask("/chiffres")
    sent = {
        "form": form_of(text),
        "day": "24 février",
        "label": LABEL,
        "brand": "pousse",
        "period": "2026-W10",
    }
    status, headers, _ = explored.ask("/reperes", sent)
    assert (status, headers["Location"]) == (303, "/chiffres?brand=pousse&period=2026-W10")
    _, _, text = explored.ask(headers["Location"])
    assert "24 févr. 2026" in text
    assert 'class="note-line"' in text
    assert "<b>Campagne" not in text
    gone = re.search(r'action="(/reperes/[0-9a-f]+/retirer)"', text)[1]
    assert explored.ask(gone, {"form": form_of(text)})[0] == 303
    assert "Campagne" not in explored.ask("/chiffres")[2]


@pytest.mark.parametrize("path", ["/vues", "/vues/abc/retirer", "/reperes", "/reperes/abc/retirer"])
def test_no_other_page_can_keep_anything(explored, path):
    sent = {"form": "forged", "query": "", "name": "x", "day": "hier", "label": "x"}
    assert explored.ask(path, sent)[0] == 403
    assert "vues/" not in explored.ask("/mentions?side=negative")[2]


def test_what_cannot_be_kept_is_one_message(explored):
    form = form_of(explored.ask("/mentions?side=negative")[2])
    for path, sent, said in (
        ("/vues", {"query": "side=angry", "name": "x"}, "n’est pas une valeur"),
        ("/vues", {"query": "side=negative", "name": " "}, "Un nom a de 1 à 120"),
        ("/vues", {"query": "side=negative", "name": "x" * 121}, "Un nom a de 1 à 120"),
        ("/reperes", {"day": "bientôt", "label": "x"}, "n’est pas une date"),
    ):
        status, _, text = explored.ask(path, {"form": form, **sent})
        assert (status, said in text) == (400, True), sent
