"""Coming and going end as the platform's clock says, whatever order they arrive in, and leaving forgets at once."""

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import permutations

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.followers import actions, hearing, queries, rules
from backend.places import actions as places
from backend.runtime import Runtime
from models.followers import FollowEvent, FollowState, Interaction, WechatIdentity
from models.places import Place
from tests.threads import at_once

OPENID = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def _at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def _row(openid: str = OPENID) -> WechatIdentity:
    return WechatIdentity.get(WechatIdentity.openid == openid)


def _place_id(row: WechatIdentity) -> object:
    """What the column holds, without fetching the place."""
    return row.__data__["place"]


@pytest.fixture
def place(runtime: Runtime) -> Place:
    places.import_sheet("code,name,level,parent,lat,lng\n9901,慢城街道,street,,,\n")
    return Place.get(Place.code == "9901")


def test_meeting_somebody_new_makes_her_known_as_a_stranger(account: Account) -> None:
    assert queries.find(account.id, OPENID) is None
    met = actions.meet(account.id, OPENID)
    assert met.state is FollowState.STRANGER
    assert met == actions.meet(account.id, OPENID) == queries.find(account.id, OPENID)
    assert FollowEvent.select().count() == 0


def test_threads_meeting_the_same_openid_leave_one_row(account: Account) -> None:
    for number in range(5):
        met = at_once(*[partial(actions.meet, account.id, f"{OPENID}{number}")] * 6)
        assert len({follower.id for follower in met}) == 1
    assert WechatIdentity.select().count() == 5


def test_following_is_remembered_with_its_moment_scene_and_place(account: Account, place: Place) -> None:
    assert actions.follow(account.id, OPENID, _at(1), "place.9901", place.id)
    row = _row()
    assert (row.follow_state, row.follow_changed_at, _place_id(row)) == (FollowState.FOLLOWING, _at(1), place.id)
    assert queries.following(account.id) == 1
    [event] = FollowEvent.select()
    assert (event.state, event.scene, event.happened_at) == (FollowState.FOLLOWING, "place.9901", _at(1))


def test_the_same_follow_twice_changes_nothing_and_is_counted_once(account: Account) -> None:
    assert actions.follow(account.id, OPENID, _at(1))
    assert not actions.follow(account.id, OPENID, _at(1))
    assert FollowEvent.select().count() == 1


def test_following_again_without_a_place_keeps_none_from_before(account: Account, place: Place) -> None:
    actions.follow(account.id, OPENID, _at(1), "", place.id)
    actions.leave(account.id, OPENID, _at(2))
    assert actions.follow(account.id, OPENID, _at(3))
    assert _place_id(_row()) is None
    assert queries.following(account.id) == 1


STEPS = {1: "follow", 2: "leave", 3: "follow", 4: "leave"}


@pytest.mark.parametrize("last", [1, 2, 3, 4])
def test_the_end_is_what_the_last_event_says_in_whatever_order_they_arrive(account: Account, last: int) -> None:
    ends = set()
    for number, order in enumerate(permutations(range(1, last + 1))):
        openid = f"{OPENID}{number}"
        for step in order:
            _do(account, openid, step)
        ends.add((_row(openid).follow_state, _row(openid).follow_changed_at))
    expected = FollowState.FOLLOWING if STEPS[last] == "follow" else FollowState.LEFT
    assert ends == {(expected, _at(last))}


def _do(account: Account, openid: str, step: int) -> None:
    if STEPS[step] == "follow":
        actions.follow(account.id, openid, _at(step))
    else:
        actions.leave(account.id, openid, _at(step))


def test_every_retry_in_every_order_still_ends_the_same(account: Account) -> None:
    for number, order in enumerate(permutations((1, 2, 3, 4, 1, 3), 6)):
        if number % 60:
            continue
        for step in order:
            _do(account, f"{OPENID}{number}", step)
        assert _row(f"{OPENID}{number}").follow_state is FollowState.LEFT


def test_events_racing_on_two_threads_end_the_same(account: Account) -> None:
    for number in range(6):
        openid = f"{OPENID}{number}"
        at_once(*(partial(_do, account, openid, step) for step in STEPS))
        assert (_row(openid).follow_state, _row(openid).follow_changed_at) == (FollowState.LEFT, _at(4))


def test_leaving_forgets_at_once_what_we_knew_of_her(account: Account, place: Place) -> None:
    actions.follow(account.id, OPENID, _at(1), "", place.id)
    hearing.record([hearing.Heard(account.id, OPENID, _at(2).timestamp(), Interaction.MESSAGE)])
    known = {"unionid": "uPerson", "muted_until": _at(900), "refused": 48002, "refused_at": _at(2)}
    WechatIdentity.update(known).execute()
    assert {name for name, value in _row().__data__.items() if value is None} == {"member"}
    assert actions.leave(account.id, OPENID, _at(3))
    row = _row()
    held = {name for name, value in row.__data__.items() if value is not None}
    assert held == {"id", "account", "openid", "follow_state", "follow_changed_at", "created_at"}
    assert queries.openid_of(row.id) is None


def test_an_unfollow_that_is_older_than_a_follow_forgets_nothing(account: Account, place: Place) -> None:
    actions.follow(account.id, OPENID, _at(3), "", place.id)
    assert not actions.leave(account.id, OPENID, _at(2))
    assert _place_id(_row()) == place.id


def test_somebody_we_never_met_may_leave(account: Account) -> None:
    assert actions.leave(account.id, OPENID, _at(1))
    assert _row().follow_state is FollowState.LEFT


def test_a_place_named_by_a_late_message_is_not_kept_for_somebody_who_left(account: Account, place: Place) -> None:
    follower = actions.meet(account.id, OPENID)
    actions.leave(account.id, OPENID, _at(2))
    actions.remember_place(follower.id, place.id)
    assert _place_id(_row()) is None


def test_the_events_name_nobody_and_survive_the_deletion_of_who_left(account: Account) -> None:
    actions.follow(account.id, OPENID, clock.ago(hours=30))
    actions.leave(account.id, OPENID, clock.ago(hours=25))
    assert actions.bury() == 1
    assert [event.state for event in FollowEvent.select().order_by(FollowEvent.id)] == ["following", "left"]
    assert set(FollowEvent._meta.fields) == {"id", "account", "state", "scene", "happened_at"}
    assert OPENID not in repr(list(FollowEvent.select().tuples()))


def test_tombstones_go_after_a_day_and_nobody_else_does(account: Account) -> None:
    actions.leave(account.id, "oLongGone", clock.ago(hours=rules.TOMBSTONE_HOURS + 1))
    actions.leave(account.id, "oJustGone", clock.ago(hours=rules.TOMBSTONE_HOURS - 1))
    actions.follow(account.id, "oFollows", clock.ago(days=400))
    actions.meet(account.id, "oStranger")
    assert actions.bury() == 1
    assert actions.bury() == 0
    assert {row.openid for row in WechatIdentity.select()} == {"oJustGone", "oFollows", "oStranger"}


def test_tombstones_go_in_slices(account: Account) -> None:
    for number in range(5):
        actions.leave(account.id, f"o{number}", clock.ago(hours=25))
    assert [actions.bury(limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_only_the_named_person_of_the_named_account_is_unlinked_and_not_asked_for_again(account: Account) -> None:
    for openid in (OPENID, OPENID.lower()):
        actions.meet(account.id, openid)
    WechatIdentity.update(unionid="uPerson").execute()
    actions.forget_unionid(account.id, OPENID)
    assert {row.openid: row.unionid for row in WechatIdentity.select()} == {OPENID: "", OPENID.lower(): "uPerson"}
