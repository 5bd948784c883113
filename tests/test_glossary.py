"""Every word that the index, the measures and the runs use in public is explained in the documentation."""

import re
from typing import get_args

import pytest
from pydantic import BaseModel

from ouidire import measures
from ouidire.documents import MODELS
from ouidire.items import STATUSES, Presence
from ouidire.measures import Basis, Outcome, Unit
from tests.support.paths import ROOT
from tests.test_architecture import ALLOWED

FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PAGES = ("docs/glossary.md", "docs/measures.md")


def explained():
    """Words in code marks on a page, but for its examples."""
    for page in PAGES:
        text = re.sub(
            r"^```.*?^```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        yield from (word for code in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"\w+", code))


def models_of(model):
    """A document model and the models nested in it."""
    yield model
    for info in model.model_fields.values():
        for inner in get_args(info.annotation):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from models_of(inner)


WORDS = {
    "documents": {each.__name__ for model in MODELS.values() for each in models_of(model)},
    "measures": set(measures.__all__),
    "statuses": set(STATUSES),
    "presence": set(get_args(Presence)),
    "bases": set(get_args(Basis)),
    "units": set(get_args(Unit)),
    "outcomes": set(get_args(Outcome)),
}


@pytest.mark.parametrize("family", WORDS)
def test_every_word_is_explained(family):
    assert len(WORDS[family]) > 2
    assert WORDS[family] - set(explained()) == set(), f"explain them in one of {PAGES}"


def test_types_of_the_glossary_exist():
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    named = {word for word in re.findall(r"`(\w+)`", text) if re.match(r"[A-Z][a-z]+", word)}
    assert len(named) > 30
    code = "\n".join(
        path.read_text(encoding="utf-8") for package in ALLOWED for path in (ROOT / package).rglob("*.py")
    )
    assert named - set(re.findall(r"^(?:class )?(\w+)(?= = |:|\(|\[)", code, re.MULTILINE)) == set()
