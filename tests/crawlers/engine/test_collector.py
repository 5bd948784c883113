"""The collector's parts that need no process: which ids were met before."""

from hypothesis import given
from hypothesis import strategies as st

from crawlers.engine.access.plan import add_digest


@given(
    st.lists(
        (st.integers(0, 2**128 - 1) | st.sampled_from([0, 1, 1 << 64, (1 << 64) + 1])).map(
            lambda n: f"{n:032x}"
        )
    )
)
def test_an_id_is_new_once(ids):
    seen, known = set(), set()
    for one in ids:
        assert add_digest(seen, one) == (one not in known)
        known.add(one)
    assert len(seen) == len(known)
