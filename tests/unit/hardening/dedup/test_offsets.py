"""What is committed after a batch, and where reading goes on."""

from hypothesis import given
from hypothesis import strategies as st

from hardening.dedup.offsets import Partition, Place, commits, rewinds

places = st.lists(
    st.builds(
        Place, st.builds(Partition, st.just("t"), st.integers(0, 2)), st.integers(0, 9)
    )
)


@given(places, st.integers(0, 10))
def test_a_commit_covers_what_is_settled_and_a_rewind_the_rest(batch, count):
    """'The offset after the last settled', and 'the first unsettled', per partition."""
    settled, rest = batch[:count], batch[count:]
    assert commits(settled) == {
        partition: max(
            place.offset for place in settled if place.partition == partition
        )
        + 1
        for partition in {place.partition for place in settled}
    }
    assert rewinds(rest) == {
        partition: min(place.offset for place in rest if place.partition == partition)
        for partition in {place.partition for place in rest}
    }
