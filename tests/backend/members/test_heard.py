"""When somebody was last heard of: the latest counts, in whatever order and however often it is written."""

from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

import pytest

from backend.accounts.queries import Account
from backend.members import actions
from backend.members.actions import HEARD_JOURNAL, Heard
from backend.runtime import Runtime
from backend.storage.kv import Note
from jobs import interactions
from models.members import Interaction, WechatIdentity
from tests.threads import at_once

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def _heard(account: Account, openid: str, second: int, kind: Interaction = Interaction.MESSAGE) -> Heard:
    return Heard(account.id, openid, NOON.timestamp() + second, kind)


def _last(openid: str) -> tuple[datetime | None, Interaction | None]:
    row = WechatIdentity.get(WechatIdentity.openid == openid)
    return row.last_interaction_at, row.last_interaction


@pytest.mark.parametrize("kind", list(Interaction))
def test_what_is_written_in_the_journal_is_read_the_same(kind: Interaction) -> None:
    heard = Heard(7, "o9AgO5Kd-_\tx", 1714112445.0, kind)
    assert Heard.unpack(heard.pack()) == heard


def test_the_latest_of_several_is_kept(account: Account) -> None:
    actions.meet(account.id, "oA")
    several = [_heard(account, "oA", 2), _heard(account, "oA", 9, Interaction.MENU), _heard(account, "oA", 5)]
    assert actions.record_heard(several) == 1
    assert _last("oA") == (NOON + timedelta(seconds=9), Interaction.MENU)


def test_an_older_one_that_comes_later_changes_nothing(account: Account) -> None:
    actions.meet(account.id, "oA")
    actions.record_heard([_heard(account, "oA", 9, Interaction.MENU)])
    actions.record_heard([_heard(account, "oA", 2)])
    assert _last("oA") == (NOON + timedelta(seconds=9), Interaction.MENU)


def test_writing_the_same_twice_is_harmless(account: Account) -> None:
    actions.meet(account.id, "oA")
    for _ in range(2):
        assert actions.record_heard([_heard(account, "oA", 3, Interaction.SCAN)]) == 1
    assert _last("oA") == (NOON + timedelta(seconds=3), Interaction.SCAN)


def test_each_person_of_each_spelling_has_her_own_moment(account: Account) -> None:
    for openid in ("oA", "oa"):
        actions.meet(account.id, openid)
    assert actions.record_heard([_heard(account, "oA", 1), _heard(account, "oa", 2)]) == 2
    assert (_last("oA")[0], _last("oa")[0]) == (NOON + timedelta(seconds=1), NOON + timedelta(seconds=2))


def test_whoever_left_is_not_written_about(account: Account) -> None:
    actions.leave(account.id, "oA", NOON)
    actions.record_heard([_heard(account, "oA", 5)])
    assert _last("oA") == (None, None)


def test_somebody_unknown_is_not_made_known(account: Account) -> None:
    actions.record_heard([_heard(account, "oNobody", 5)])
    assert WechatIdentity.select().count() == 0


def test_nothing_heard_is_nothing_written(account: Account) -> None:
    assert actions.record_heard([]) == 0


def test_two_who_write_the_same_people_in_opposite_order_both_succeed(account: Account) -> None:
    people = [f"o{number}" for number in range(40)]
    for openid in people:
        actions.meet(account.id, openid)

    def write(first: int) -> None:
        for turn in range(6):
            order = people[:]
            Random(first + turn).shuffle(order)
            actions.record_heard([_heard(account, openid, first + turn * 2) for openid in order])

    at_once(partial(write, 0), partial(write, 1), partial(write, 2))
    assert {_last(openid)[0] for openid in people} == {NOON + timedelta(seconds=12)}


def test_the_journal_is_written_behind_and_then_forgotten(runtime: Runtime, account: Account) -> None:
    actions.meet(account.id, "oA")
    for second in (4, 1):
        note = Note(HEARD_JOURNAL, _heard(account, "oA", second).pack())
        runtime.kv.put_if_absent(f"claim:{second}", b"w", 60, note)
    assert interactions.write_behind(runtime) == 2
    assert interactions.write_behind(runtime) == 0
    assert _last("oA")[0] == NOON + timedelta(seconds=4)
