"""Role × place × action: what the table says, and that no grant reaches beyond its place or its time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import Forbidden
from backend.permissions import ACTIONS, EVERYWHERE, ROLES, TABLE, Action, Actor, Grant, Scope
from models.staff import Role

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def _actor(*held: tuple[Role, str]) -> Actor:
    return Actor(1, "zhang.min", "张敏", "慢城街道", tuple(Grant(role, place, NOW) for role, place in held))


def test_the_table_names_every_action_and_every_role_has_a_word() -> None:
    assert TABLE.keys() == ACTIONS.keys() == set(Action)
    assert ROLES.keys() == set(Role)
    assert all(TABLE.values()), "an action that nobody may do is none"


def test_nobody_covers_her_own_tracks() -> None:
    """Who manages accounts sees nobody's telephone; who sees it reads no audit; who reads the audit does nothing."""
    for role in Role:
        allowed = {action for action in Action if role in TABLE[action]}
        if Action.READ_AUDIT in allowed:
            assert allowed == {Action.READ_AUDIT}
        assert not {Action.MANAGE_STAFF, Action.SEE_CONTACTS} <= allowed
    assert Role.ADMINISTRATOR not in TABLE[Action.SEE_MEMBERS]


def test_whoever_asks_does_not_approve() -> None:
    for asks, approves in ((Action.SEND, Action.APPROVE_SENDING),):
        assert not TABLE[asks] & TABLE[approves]


@pytest.mark.parametrize(
    "separate",
    [
        Action.SEE_CONTACTS,
        Action.APPROVE_SENDING,
        Action.SEND,
        Action.EXPORT,
        Action.CLOSE_OVERDUE,
        Action.MANAGE_RULES,
        Action.READ_AUDIT,
    ],
)
def test_what_the_house_promised_to_keep_apart_is_an_action_of_its_own(separate: Action) -> None:
    assert separate in TABLE


def test_a_role_reaches_its_place_and_all_below_it_and_nothing_else() -> None:
    clerk = _actor((Role.CLERK, "990101"))
    clerk.require(Action.SEE_CONTACTS, "990101")
    clerk.require(Action.SEE_CONTACTS, "99010102")
    for outside in ("9901", "990102", "99010", EVERYWHERE):
        with pytest.raises(Forbidden):
            clerk.require(Action.SEE_CONTACTS, outside)


def test_two_grants_do_not_mix() -> None:
    """Leader here and clerk there: she does not approve there nor see contacts here."""
    both = _actor((Role.LEADER, "990101"), (Role.CLERK, "990102"))
    assert both.may(Action.APPROVE_EXPORTS, "990101")
    assert not both.may(Action.APPROVE_EXPORTS, "990102")
    assert both.may(Action.SEE_CONTACTS, "990102")
    assert not both.may(Action.SEE_CONTACTS, "990101")
    assert both.scope(Action.SEE_MEMBERS).codes == {"990101", "990102"}


def test_a_grant_holds_from_its_moment_to_its_end() -> None:
    grant = Grant(Role.CLERK, "99", NOW, NOW + timedelta(days=1))
    assert [grant.holds(NOW + timedelta(days=days)) for days in (-1, 0, 0.5, 1, 2)] == [False, True, True, False, False]


def test_what_has_no_place_is_only_for_who_is_everywhere() -> None:
    assert _actor((Role.CLERK, EVERYWHERE)).may(Action.SEE_MEMBERS, EVERYWHERE)
    assert not _actor((Role.CLERK, "99")).may(Action.SEE_MEMBERS, EVERYWHERE)


CODES = st.text("0123456789Aa", max_size=6)


@given(st.lists(st.tuples(st.sampled_from(Role), CODES), max_size=4), st.sampled_from(Action), CODES)
def test_whoever_may_has_a_grant_that_says_so(held: list[tuple[Role, str]], action: Action, code: str) -> None:
    allowed = any(role in TABLE[action] and code.startswith(place) for role, place in held)
    assert _actor(*held).may(action, code) is allowed


@given(st.frozensets(CODES, max_size=4), st.frozensets(CODES, max_size=4), CODES)
def test_what_lies_within_holds_nothing_the_other_does_not(
    one: frozenset[str], other: frozenset[str], code: str
) -> None:
    small, large = Scope(one), Scope(other)
    if small.within(large) and code in small:
        assert code in large
