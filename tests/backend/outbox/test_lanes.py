"""Lanes: every person stands in exactly one, and the lane knows her number."""

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.outbox import lanes
from backend.outbox.lanes import WIDTH

IDS = st.integers(1, 10**12)
steady = settings(max_examples=200, derandomize=True, deadline=None)


@steady
@given(IDS)
def test_a_person_is_among_those_of_her_lane(person: int) -> None:
    for lane in (lanes.of_member(person), lanes.of_follower(person)):
        first, last = lanes.ids_of(lane)
        assert first <= person <= last


@steady
@given(IDS, IDS)
def test_a_member_and_a_follower_never_share_a_lane(member_id: int, follower_id: int) -> None:
    assert lanes.of_member(member_id) != lanes.of_follower(follower_id)
    assert lanes.holds_members(lanes.of_member(member_id))
    assert not lanes.holds_members(lanes.of_follower(follower_id))


@steady
@given(IDS)
def test_lanes_follow_each_other_without_gap_or_overlap(person: int) -> None:
    for of, step in ((lanes.of_member, 1), (lanes.of_follower, -1)):
        first, last = lanes.ids_of(of(person))
        assert last - first + 1 == WIDTH
        assert lanes.ids_of(of(person) + step)[0] == last + 1
        assert {of(first), of(last)} == {of(person)}
        assert of(last + 1) == of(person) + step


def test_the_first_people_stand_in_the_first_lanes() -> None:
    assert (lanes.of_member(1), lanes.of_follower(1)) == (0, -1)
    assert lanes.ids_of(0) == lanes.ids_of(-1) == (0, WIDTH - 1)
