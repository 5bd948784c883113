"""Attacks with their right outcomes: the quick ones in the ordinary tests; `make attacks` plays all."""

from collections import Counter

import pytest

from tests.attacks.__main__ import main
from tests.attacks.attack import Attack, played
from tests.attacks.rows import every

KINDS = sorted({each.kind for each in every() if not each.slow})


def test_there_are_many_and_each_has_its_own_name():
    attacks = every()
    assert len(attacks) >= 300
    assert not [name for name, count in Counter((a.kind, a.name) for a in attacks).items() if count > 1]


@pytest.mark.parametrize("kind", KINDS)
def test_attacks_are_held(kind):
    outcomes = [played(each) for each in every() if each.kind == kind and not each.slow]
    assert outcomes
    assert [(each.attack.name, each.attack.tries, each.came) for each in outcomes if not each.held] == []


def test_the_table_tells_of_what_got_through(monkeypatch, capsys):
    rows = [Attack("doors", str(n), "knocks", "closed", lambda n=n: ("closed", "open")[n]) for n in range(2)]
    monkeypatch.setattr("tests.attacks.__main__.every", lambda: rows)
    assert main([]) == 1
    shown = capsys.readouterr().out
    assert "FAILED  doors: 1: knocks" in shown
    assert "1 held    1 failed" in shown
    monkeypatch.setattr("tests.attacks.__main__.every", lambda: rows[:1])
    assert main(["--show"]) == 0
