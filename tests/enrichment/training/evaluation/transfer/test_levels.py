"""From labelled rows to the section of the page, on made-up sources."""

import gzip
import json

import numpy as np
import pytest

from enrichment.training.evaluation import evaluate
from enrichment.training.evaluation.transfer import __main__ as command
from enrichment.training.evaluation.transfer import coverage, heads, measure, page
from enrichment.training.evaluation.transfer.figures import (
    FIGURES,
    TextPairs,
    asked_pairs,
    pairs,
    source_error,
)
from enrichment.training.evaluation.transfer.rows import SourceRow, bounded, read_rows
from enrichment.training.evaluation.transfer.states import text_key
from ouidire.errors import UsageError

CHANCES = {
    5: [0.0, 0.0, 0.0, 0.1, 0.9],
    1: [0.8, 0.2, 0.0, 0.0, 0.0],
    3: [0.0, 0.1, 0.8, 0.1, 0.0],
}


def row(text="t", *, stars=None, label=None, nps=None, src="site", domain="shop", split="dev2"):
    given = {"stars": stars, "label": label, "nps": nps, "src": src, "domain": domain, "split": split}
    return SourceRow(text=text, lang="fr", **given)


def write(folder, split, rows):
    with gzip.open(folder / f"{split}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(each) + "\n" for each in rows)


def raw(text, src, domain, *, stars=None, nps=None, label_src="stars"):
    label = None if stars is None else ("neg", "neg", "neu", "pos", "pos")[stars - 1]
    extra = {"score10": 2 * stars} if src == "e" else None
    known = {"stars": stars, "label": label, "nps": nps, "label_src": label_src, "extra": extra}
    return {"text": text, "lang": "fr", "src": src, "domain": domain, **known}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(measure, "LEAST", 4)
    monkeypatch.setattr(page, "SIZES", (4,))
    monkeypatch.setattr(heads, "STEPS", 15)
    monkeypatch.setattr(coverage, "LEAST", 4)
    words = {1: "nul", 2: "décevant", 3: "moyen", 4: "bien", 5: "parfait"}

    def rows(src, domain):
        return [
            raw(f"{words[stars]} {domain} {number}", src, domain, stars=stars)
            for number in range(2)
            for stars in words
        ]

    surveys = [
        raw(f"{words[1 + score // 2 if score < 10 else 5]} {name} {score}", name, name, nps=score)
        for name in ("survey_a", "survey_b")
        for score in range(0, 11, 2)
    ]
    write(tmp_path, "train", [*rows("a", "shop"), *rows("b", "hotel"), *surveys])
    write(tmp_path, "dev", [*rows("a", "shop"), *rows("b", "hotel"), *rows("c", "bank"), *surveys])
    write(tmp_path, "train2", [*rows("d", "book"), *rows("e", "film"), *rows("f", "game")])
    write(tmp_path, "dev2", [*rows("g", "pharmacy"), *rows("h", "hospital")])
    return tmp_path


def test_the_command_writes_its_section_and_keeps_the_rest(folder, capsys):
    target = folder / "evaluation.md"
    target.write_text("# Evaluation\n\n## Stars\n\nx\n\n## Rivals\n\ny\n", encoding="utf-8")
    call = ["--data", str(folder), "--cache", str(folder / "cache"), "--write", str(target)]
    assert command.main(call) == 0
    once = target.read_text(encoding="utf-8")
    assert once.startswith(
        "# Evaluation\n\n## Stars\n\nx\n\n## Rivals\n\ny\n\n## Levels of a source never seen\n"
    )
    for line in (
        "| mean stars | never seen | 5 |",
        "| asked NPS | trade left out | 2 |",
        "| asked NPS | survey left out, by stars alone | 2 |",
        "| scores of sites | e | 10 |",
        "| never seen | d | 10 |",
    ):
        assert line in once
    assert "| g / pharmacy | 10 | share positive |" in once
    assert "moyen" not in once
    assert "texts read" in capsys.readouterr().err
    assert command.main(call) == 0
    assert target.read_text(encoding="utf-8") == once
    assert "texts read" not in capsys.readouterr().err


def test_the_command_says_what_is_missing(tmp_path, capsys):
    assert command.main(["--data", str(tmp_path), "--cache", str(tmp_path / "cache")]) == 0
    assert "lacks train, dev, train2, dev2" in capsys.readouterr().out
    assert not (tmp_path / "cache").exists()
    with pytest.raises(UsageError, match="--data"):
        read_rows(tmp_path, "dev", most=1)


def test_the_rest_of_the_page_is_written_around_the_section():
    section = f"{page.HEADING}\n\nfigures\n\n### more\n\nrows\n"
    first = page.with_section("# Evaluation\n", section)
    assert first == f"# Evaluation\n\n{section}"
    longer = first + "\n## After\n\nz\n"
    assert page.section_of(longer) == section
    replaced = page.with_section(longer, f"{page.HEADING}\n\nothers\n")
    assert replaced == f"# Evaluation\n\n{page.HEADING}\n\nothers\n\n## After\n\nz\n"
    assert page.section_of("# Evaluation\n") == ""


def test_the_evaluation_keeps_the_section(tmp_path, monkeypatch):
    (tmp_path / "dev.jsonl.gz").write_bytes(gzip.compress(b""))
    target = tmp_path / "evaluation.md"
    target.write_text(f"# Old\n\n{page.HEADING}\n\nfigures\n", encoding="utf-8")
    monkeypatch.setattr(evaluate, "report", lambda *_, **__: ["# New"])
    assert evaluate.main(["--data", str(tmp_path), "--write", str(target)]) == 0
    assert target.read_text(encoding="utf-8") == f"# New\n\n{page.HEADING}\n\nfigures\n"


def test_levels_of_a_source_by_hand():
    rows = [row(stars=5), row(stars=5), row(stars=1), row(stars=3)]
    chances = np.array([CHANCES[each.stars] for each in rows])
    expected = {
        "MEAN_STARS": (3.5, (4.9 * 2 + 1.2 + 3.0) / 4),
        "SHARE_POSITIVE": (0.5, (1 + 1 + 0 + 0.1) / 4),
        "NET_SENTIMENT": (0.25, (1 + 1 - 1 + 0.0) / 4),
        "NPS_BY_STARS": (0.0, 100 * (0.9 * 2 - 1 - 0.9) / 4),
    }
    for name, (true, estimated) in expected.items():
        each = pairs(rows, chances, FIGURES[name], least=4)["site"]
        error = source_error("site", each)
        assert (error.true, error.estimated) == (pytest.approx(true), pytest.approx(estimated, abs=1e-12))
        assert error.variance == pytest.approx((each.read - each.true).var(ddof=1) / 4)


def test_bare_labels_count_where_neutral_texts_are_kept_and_stars_are_not_asked():
    kinds = ("neg", "neu", "pos")
    three = [row(label=each, src="tweets", split="dev") for each in kinds]
    two = [row(label=each, src="books", split="dev") for each in ("neg", "pos", "pos")]
    chances = np.full((6, 5), 0.2)
    assert list(pairs(three + two, chances, FIGURES["SHARE_POSITIVE"], least=3)) == ["tweets"]
    assert pairs(three + two, chances, FIGURES["MEAN_STARS"], least=1) == {}


def test_asked_scores_by_hand():
    found = asked_pairs([10.0, 8.0, 3.0, 9.0], np.array([[0.1, 0.2, 0.7]] * 4))
    assert found.true.tolist() == [100, 0, -100, 100]
    assert found.read == pytest.approx([60] * 4)


def test_a_source_may_be_taken_trade_by_trade():
    rows = [row(stars=5), row(stars=1, domain="cafe"), row(stars=5, domain="cafe")]
    chances = np.array([CHANCES[each.stars] for each in rows])
    assert list(pairs(rows, chances, FIGURES["MEAN_STARS"], least=1)) == ["site"]
    apart = pairs(rows, chances, FIGURES["MEAN_STARS"], least=2, by_trade=True)
    assert list(apart) == ["site / cafe"]


def test_a_larger_draw_keeps_what_a_smaller_one_had():
    many = [row(str(number), src=src) for number in range(9) for src in ("a", "b")]
    few, more = bounded(many, most=2), bounded(many, most=4)
    assert len(few) == 4
    assert {each.text for each in few} <= {each.text for each in more}
    assert bounded(many[::-1], most=2) == few


def test_a_file_that_was_capped_by_hash_is_drawn_with_its_own_mix_of_stars():
    texts = sorted((str(number) for number in range(400)), key=text_key)
    rows = [row(text, stars=5 if place < 200 else 1) for place, text in enumerate(texts)]
    drawn = [each.stars for each in bounded(rows, most=100)]
    assert 35 <= drawn.count(5) <= 65


def test_employees_stars_do_not_count(tmp_path):
    write(
        tmp_path,
        "train2",
        [raw("a", "firm", "job", stars=1, label_src="employee_stars"), raw("b", "shop", "x", stars=5)],
    )
    assert [each.src for each in read_rows(tmp_path, "train2", most=9)] == ["shop"]


def source(chance, shift):
    true = chance.integers(1, 6, 300).astype(float)
    return TextPairs(true + shift + chance.normal(0, 0.3, 300), true)


def test_a_level_that_is_off_is_covered_by_the_spread_of_the_others_alone():
    chance = np.random.default_rng(2)
    found = {f"s{place} / x": source(chance, shift) for place, shift in enumerate(chance.normal(0, 0.5, 14))}
    each = coverage.coverage_of_sources(found, 200, draws=60)
    mean, low, high, alone = coverage.mean_coverage(each)
    assert mean >= 0.9
    assert low <= mean <= high
    assert alone < 0.6
    # what is short of texts counts for the spread and is not judged itself
    short = TextPairs(np.array([5.0, 1.0]), np.array([5.0, 1.0]))
    assert len(coverage.coverage_of_sources(found | {"short": short}, 200, draws=5)) == 14
    with pytest.raises(ValueError, match="at least 2 sources"):
        coverage.coverage_of_sources(dict(list(found.items())[:2]), 200, draws=5)


def test_two_sources_that_are_far_off_are_covered_by_one_another_and_not_by_t_alone():
    chance = np.random.default_rng(4)
    shifts = [*chance.normal(0, 0.2, 14), 1.5, 1.45]
    names = [*(f"site{place}_fr" for place in range(14)), "films_fr", "films_en"]
    found = {name: source(chance, shift) for name, shift in zip(names, shifts, strict=True)}
    reached = coverage.coverage_of_sources(found, 300, draws=60)
    by_t = coverage.coverage_of_sources(found, 300, draws=60, reach=False)
    assert coverage.mean_coverage(reached)[0] >= 0.93
    assert coverage.mean_coverage(by_t)[0] < 0.92
    # what one site says twice is one witness, and is missed where nobody else is as far off
    apart = coverage.coverage_of_sources(found, 300, draws=60, apart=coverage.site_of_source)
    assert [each.with_spread for each in apart[-2:]] == [0, 0]
    assert coverage.coverage_of_sites(apart) == pytest.approx(14 / 15, abs=0.02)
