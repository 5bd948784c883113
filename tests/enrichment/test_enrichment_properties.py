from hypothesis import given
from hypothesis import strategies as st

from enrichment.analysers.memory import peak_end_mean
from enrichment.analysers.sentences import split
from enrichment.base import LinkSubject
from enrichment.linkers.duplicates import DuplicateLinker
from enrichment.linkers.shingles import shingled
from enrichment.models.features import BITS, buckets
from enrichment.models.linear import bundled
from enrichment.privacy import MARK, mask

_PIECES = (
    "06| |12|.|-|39 98|n°|commande|rue|de la|Paix|@|ex.fr|https://a.b/|?token=|FR76|\n|3000|6A|+33|(0)|€|"
    "Mme|Martin|merci à|Julie|█|!|…|Je|m.|😀|tel|:|/|69003|Lyon|x1|#"
)
PIECES = st.sampled_from(_PIECES.split("|"))
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(PIECES, max_size=40).map("".join),
    st.lists(PIECES, max_size=30).map(" ".join),
)


@given(TEXTS, st.booleans())
def test_masking_keeps_length_and_blanks_and_changes_nothing_twice(text, mask_names):
    masked, _ = mask(text, mask_names=mask_names)
    assert len(masked) == len(text)
    assert all(new in (old, MARK) for old, new in zip(text, masked, strict=True))
    assert all(new == old for old, new in zip(text, masked, strict=True) if old.isspace())
    assert mask(masked, mask_names=mask_names)[0] == masked


@given(TEXTS)
def test_sentences_cover_every_character_once_and_in_order(text):
    spans = split(text)
    covered = [place for start, end in spans for place in range(start, end)]
    assert covered == sorted(set(covered))
    assert {place for place, char in enumerate(text) if not char.isspace()} <= set(covered)
    assert all(
        start < end and not text[start].isspace() and not text[end - 1].isspace() for start, end in spans
    )


@given(st.lists(TEXTS, max_size=8))
def test_features_of_a_text_do_not_depend_on_its_neighbours(texts):
    found, doc = buckets(texts)
    assert not len(found) or (found.min() >= 0 and found.max() < 1 << BITS)
    for index, text in enumerate(texts):
        assert sorted(found[doc == index]) == sorted(buckets([text])[0])
    model = bundled()
    assert model.raw(texts).tolist() == [model.raw([text])[0].tolist() for text in texts]


@given(st.lists(st.floats(-1, 1), min_size=1))
def test_memory_stays_within_its_sentences(polarities):
    found = peak_end_mean(polarities)
    assert found.peak in polarities
    assert found.end == polarities[-1]
    assert min(polarities) - 1e-5 <= found.mean <= max(polarities) + 1e-5


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("0123")), max_size=12, unique=True),
    st.randoms(),
)
def test_duplicates_do_not_depend_on_the_order_of_the_window(pairs, random):
    base = {letter: " ".join(f"{letter}{number}" for number in range(20)) for letter in "abcd"}
    window = [
        LinkSubject(id=letter + digit, source_key="s:e", at=f"2026-01-0{digit}", text=base[letter])
        for letter, digit in pairs
    ]
    found = DuplicateLinker().link(shingled(window))
    random.shuffle(window)
    assert DuplicateLinker().link(shingled(window)) == found
    for letter in {letter for letter, _ in pairs}:
        same = sorted(each.id for each in window if each.id[0] == letter)
        assert all(found[other].duplicate_of == same[0] for other in same[1:])
        assert same[0] not in found
