"""Whoever wants to be left alone is, until the end of the day she was told, at every account she is known."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.followers import actions, queries, rules
from models.followers import WechatIdentity
from models.members import Member

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
OPENID = "o9AgO5Kd"


@pytest.fixture
def person(account: Account) -> int:
    return actions.meet(account.id, OPENID).id


def _join(*people: int) -> None:
    """They are one registered person."""
    member = Member.create(joined_at=NOON)
    WechatIdentity.update(member=member).where(WechatIdentity.id.in_(people)).execute()


def test_nobody_is_muted_who_did_not_ask_for_it(person: int) -> None:
    assert queries.muted_until(person) is None
    assert queries.muted_until(person + 1000) is None


def test_a_wish_to_be_left_alone_holds_and_can_be_taken_back(person: int) -> None:
    until = actions.mute(person, 30)
    assert queries.muted_until(person) == until
    assert timedelta(days=30) < until - clock.now() <= timedelta(days=31)
    actions.unmute(person)
    assert queries.muted_until(person) is None


def test_a_wish_ends_by_itself(person: int) -> None:
    WechatIdentity.update(muted_until=clock.ago(seconds=1)).execute()
    assert queries.muted_until(person) is None


def test_the_wish_of_a_member_holds_for_all_her_identities_and_for_nobody_else(person: int, account: Account) -> None:
    second, other, stranger = (actions.meet(account.id, f"{OPENID}{number}").id for number in range(3))
    _join(person, second)
    _join(other)
    until = actions.mute(person, 30)
    assert [queries.muted_until(one) for one in (person, second, other, stranger)] == [until, until, None, None]
    actions.mute(other, 30)
    actions.unmute(second)
    assert [queries.muted_until(one) for one in (person, second)] == [None, None]
    assert queries.muted_until(other) is not None


def test_the_wish_of_somebody_who_is_no_member_is_hers_alone(person: int, account: Account) -> None:
    other = actions.meet(account.id, "oOther").id
    actions.mute(person, 30)
    assert queries.muted_until(other) is None


def test_whoever_left_leaves_no_wish_behind_and_none_is_written_later(person: int, account: Account) -> None:
    actions.mute(person, 30)
    actions.leave(account.id, OPENID, NOON)
    assert queries.muted_until(person) is None
    actions.mute(person, 30)
    assert queries.muted_until(person) is None


BEIJING_MIDNIGHT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (NOON, date(2026, 12, 20)),
        (BEIJING_MIDNIGHT - timedelta(seconds=1), date(2026, 12, 20)),
        (BEIJING_MIDNIGHT, date(2026, 12, 21)),
        (datetime(2026, 12, 5, 4, 0, tzinfo=UTC), date(2027, 1, 4)),
    ],
)
def test_the_day_she_is_told_is_the_last_whole_day_in_beijing(now: datetime, last: date) -> None:
    until = rules.end_of_mute(now, 30)
    assert rules.last_muted_day(until) == last
    assert rules.last_muted_day(until.astimezone(UTC)) == last
    assert clock.beijing(until).timetuple()[:6] == (*(last + timedelta(days=1)).timetuple()[:3], 0, 0, 0)
