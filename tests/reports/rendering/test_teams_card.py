"""The one builder of Teams' cards: escaped texts, links of the web alone, and few of them."""

from reports.rendering.teams_card import BUTTON, LINKS, fact_set, teams_message, text_block


def card(links):
    (attached,) = teams_message([text_block("a")], fallback="b", links=links)["attachments"]
    return attached["content"]


def test_texts_are_escaped_and_wrap():
    assert text_block("[x](y)", size="Small") == {
        "type": "TextBlock",
        "text": "\\[x\\]\\(y\\)",
        "wrap": True,
        "size": "Small",
    }
    assert fact_set([("*a*", "1_000")])["facts"] == [{"title": "\\*a\\*", "value": "1\\_000"}]


def test_links_are_of_the_web_few_and_short():
    assert "actions" not in card([("x", None), ("y", "javascript:alert(1)")])
    shown = card([("t" * 200, f"https://a.example/{number}") for number in range(9)])["actions"]
    assert len(shown) == LINKS
    assert all(len(each["title"]) <= BUTTON for each in shown)
    assert card([])["fallbackText"] == "b"
