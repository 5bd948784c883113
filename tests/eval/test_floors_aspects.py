import json

import pytest

from tests.support import absa, floors


@pytest.mark.skipif(
    not absa.FOLDER.exists(), reason="no SemEval sentences beside the checkout (../shared/datasets/absa)"
)
@pytest.mark.parametrize("name", sorted(absa.SETS))
def test_aspects_are_as_good_as_their_floor_on_trades_of_others(name):
    floor = json.loads((floors.HERE / "absa.json").read_text(encoding="utf-8"))[name]
    figures = absa.figures(name)
    assert figures["sentences"] == floor["sentences"]
    assert {key: value for key, value in figures.items() if value < floor[key]} == {}
