"""The pages that stand in French and English say the same: blocks, commands, settings, sections."""

import re

import pytest

from tests.support.paths import ROOT

DOCS = ROOT / "docs"
PAGES = [(path.with_suffix("").with_suffix(".md"), path) for path in sorted(DOCS.glob("*.fr.md"))]
FENCE = re.compile(r"^(?:<!-- (.+?) -->\n)?```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"\s+#.*$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")
CODE = re.compile(r"`([^`\n]+)`")
WORDED = re.compile(r"--\w|^\w+(?:_\w+|\.\w+)+$|^ouidire ")
"""Code that is the same in any language: options, names of settings and files, commands."""
SAID = {"run … gives other dates to 38 of 40 known mentions at once …", "waits", "held", "never run"}
OTHER_WORDS = {"you@example.fr": "vous@example.fr", "{secret:NAME}": "{secret:NOM}"}
"""What the French page writes otherwise within code."""


def blocks(path):
    return [
        (note, kind, COMMENT.sub("", body)) for note, kind, body in FENCE.findall(path.read_text("utf-8"))
    ]


def prose(path):
    return re.sub(r"\A# .*?\n\n\*\[[^\]]+\]\([^)]+\)\.?\* ?", "", FENCE.sub("", path.read_text("utf-8")))


def shape(path):
    """The headings by their level, the rows of tables and the items of lists, in their order."""
    kinds = []
    for line in prose(path).splitlines():
        found = re.match(r"#+|\||- ", line)
        if found:
            kinds.append(found[0])
    return [each for each in kinds if each != "#"]


def codes(path):
    found = [other for each in CODE.findall(prose(path)) if WORDED.search(other := each.strip())]
    return sorted({word for word in found if word not in SAID})


def translated(code):
    for english, french in OTHER_WORDS.items():
        code = code.replace(english, french)
    return code


def test_both_pages_of_each_language_are_there():
    assert {english.name for english, _ in PAGES} == {"operations.md", "tutorial.md"}
    assert all(english.exists() for english, _ in PAGES)
    readme = (ROOT / "README.md").read_text("utf-8")
    assert all(f"docs/{french.name}" in readme for _, french in PAGES)


@pytest.mark.parametrize(("english", "french"), PAGES, ids=lambda path: path.name)
def test_blocks_are_the_same_to_the_letter(english, french):
    assert blocks(french) == blocks(english)


@pytest.mark.parametrize(("english", "french"), PAGES, ids=lambda path: path.name)
def test_sections_tables_and_lists_are_as_many(english, french):
    assert shape(french) == shape(english)


@pytest.mark.parametrize(("english", "french"), PAGES, ids=lambda path: path.name)
def test_commands_and_settings_named_are_the_same(english, french):
    assert codes(french) == sorted(map(translated, codes(english)))


@pytest.mark.parametrize(("english", "french"), PAGES, ids=lambda path: path.name)
def test_links_lead_to_the_same_pages_and_to_french_ones_where_there_are(english, french):
    own = {path.name for _, path in PAGES}

    def targets(path):
        return sorted(file for file, _ in LINK.findall(prose(path)) if file)

    for file in targets(french):
        assert file.replace(".md", ".fr.md") not in own, f"{file} stands in French"
    assert [each.replace(".fr.md", ".md") for each in targets(french)] == targets(english)


@pytest.mark.parametrize("path", [french for _, french in PAGES], ids=lambda path: path.name)
def test_french_typography(path):
    text = re.sub(r"^ {6}\S.*$|<!--.*?-->|https?://\S+", "", prose(path), flags=re.MULTILINE)
    bare = CODE.sub("`x`", re.sub(r"\]\([^)]*\)", "]()", text))
    assert not re.findall(r".{0,20}[^\u202f\n][;!?%](?=[\s.,)])", bare), "a no-break space before"
    assert not re.findall(r".{0,20}[^\u00a0|-]:(?=[\s*])", bare), "a no-break space before"
    assert not re.findall(r"«[^\u00a0]|[^\u00a0]»", bare)
    assert "'" not in bare
    assert "..." not in bare
