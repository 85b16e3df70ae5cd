"""When somebody was last heard of, and last wrote: the latest counts, in whatever order and however often."""

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import permutations
from random import Random

import pytest

from backend.accounts.queries import Account
from backend.followers import actions, hearing
from backend.followers.hearing import JOURNAL, Heard
from backend.runtime import Runtime
from backend.storage.kv import Note
from jobs import interactions
from models.followers import Interaction, WechatIdentity
from tests.threads import at_once

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def _heard(account: Account, openid: str, second: int, kind: Interaction = Interaction.MESSAGE) -> Heard:
    return Heard(account.id, openid, NOON.timestamp() + second, kind)


def _last(openid: str) -> tuple[datetime | None, Interaction | None]:
    row = WechatIdentity.get(WechatIdentity.openid == openid)
    return row.last_interaction_at, row.last_interaction


def _spoke(openid: str) -> datetime | None:
    row: WechatIdentity = WechatIdentity.get(WechatIdentity.openid == openid)
    return row.last_message_at  # type: ignore[no-any-return]


def _at(second: int) -> datetime:
    return NOON + timedelta(seconds=second)


@pytest.mark.parametrize("kind", list(Interaction))
def test_what_is_written_in_the_journal_is_read_the_same(kind: Interaction) -> None:
    heard = Heard(7, "o9AgO5Kd-_\tx", 1714112445.0, kind)
    assert Heard.unpack(heard.pack()) == heard


def test_the_latest_of_several_is_kept(account: Account) -> None:
    actions.meet(account.id, "oA")
    several = [_heard(account, "oA", 2), _heard(account, "oA", 9, Interaction.MENU), _heard(account, "oA", 5)]
    assert hearing.record(several) == 1
    assert _last("oA") == (NOON + timedelta(seconds=9), Interaction.MENU)


def test_an_older_one_that_comes_later_changes_nothing(account: Account) -> None:
    actions.meet(account.id, "oA")
    hearing.record([_heard(account, "oA", 9, Interaction.MENU)])
    hearing.record([_heard(account, "oA", 2)])
    assert _last("oA") == (NOON + timedelta(seconds=9), Interaction.MENU)


MENU, MESSAGE = Interaction.MENU, Interaction.MESSAGE
HEARD = {1: MESSAGE, 3: MENU, 5: MESSAGE, 7: MENU}


@pytest.mark.parametrize("order", [*permutations(HEARD)][::3])
def test_the_last_message_and_the_last_interaction_are_two_moments(account: Account, order: tuple[int, ...]) -> None:
    """A tap on the menu opens a short window; the long one, which a message opened before, stays open."""
    actions.meet(account.id, "oTogether")
    hearing.record([_heard(account, "oTogether", second, HEARD[second]) for second in order])
    actions.meet(account.id, "oApart")
    for second in order:
        hearing.record([_heard(account, "oApart", second, HEARD[second])])
    for openid in ("oTogether", "oApart"):
        assert (_last(openid), _spoke(openid)) == ((_at(7), MENU), _at(5))


@pytest.mark.parametrize("kind", [kind for kind in Interaction if kind is not MESSAGE])
def test_only_a_message_is_a_message(account: Account, kind: Interaction) -> None:
    actions.meet(account.id, "oA")
    hearing.record([_heard(account, "oA", 2, kind)])
    assert (_last("oA"), _spoke("oA")) == ((_at(2), kind), None)


def test_an_older_message_is_kept_although_something_else_came_later(account: Account) -> None:
    actions.meet(account.id, "oA")
    hearing.record([_heard(account, "oA", 9, MENU)])
    hearing.record([_heard(account, "oA", 2)])
    assert (_last("oA"), _spoke("oA")) == ((_at(9), MENU), _at(2))


def _refuse(openid: str) -> None:
    here = WechatIdentity.openid == openid
    WechatIdentity.update(refused=43004, refused_at=NOON).where(here).execute()


def _refused(openid: str) -> tuple[int | None, datetime | None]:
    row = WechatIdentity.get(WechatIdentity.openid == openid)
    return row.refused, row.refused_at


@pytest.mark.parametrize("kind", list(Interaction))
def test_whoever_is_heard_of_again_is_no_longer_taken_for_unreachable(account: Account, kind: Interaction) -> None:
    for openid in ("oA", "oB"):
        actions.meet(account.id, openid)
        _refuse(openid)
    hearing.record([_heard(account, "oA", 2, kind)])
    assert (_refused("oA"), _refused("oB")) == ((None, None), (43004, NOON))


def test_what_is_written_once_more_or_late_does_not_speak_for_her(account: Account) -> None:
    actions.meet(account.id, "oA")
    hearing.record([_heard(account, "oA", 5, MENU)])
    _refuse("oA")
    hearing.record([_heard(account, "oA", 5, MENU)])
    hearing.record([_heard(account, "oA", 3, MESSAGE)])
    assert (_refused("oA"), _spoke("oA")) == ((43004, NOON), _at(3))


def test_writing_the_same_twice_is_harmless(account: Account) -> None:
    actions.meet(account.id, "oA")
    for _ in range(2):
        assert hearing.record([_heard(account, "oA", 3, Interaction.SCAN)]) == 1
    assert _last("oA") == (NOON + timedelta(seconds=3), Interaction.SCAN)


def test_each_person_of_each_spelling_has_her_own_moment(account: Account) -> None:
    for openid in ("oA", "oa"):
        actions.meet(account.id, openid)
    assert hearing.record([_heard(account, "oA", 1), _heard(account, "oa", 2)]) == 2
    assert (_last("oA")[0], _last("oa")[0]) == (NOON + timedelta(seconds=1), NOON + timedelta(seconds=2))


def test_whoever_left_is_not_written_about(account: Account) -> None:
    actions.leave(account.id, "oA", NOON)
    hearing.record([_heard(account, "oA", 5)])
    assert (_last("oA"), _spoke("oA")) == ((None, None), None)


def test_somebody_unknown_is_not_made_known(account: Account) -> None:
    hearing.record([_heard(account, "oNobody", 5)])
    assert WechatIdentity.select().count() == 0


def test_nothing_heard_is_nothing_written(account: Account) -> None:
    assert hearing.record([]) == 0


def test_two_who_write_the_same_people_in_opposite_order_both_succeed(account: Account) -> None:
    people = [f"o{number}" for number in range(40)]
    for openid in people:
        actions.meet(account.id, openid)

    def write(first: int) -> None:
        for turn in range(6):
            order = people[:]
            Random(first + turn).shuffle(order)
            hearing.record([_heard(account, openid, first + turn * 2) for openid in order])

    at_once(partial(write, 0), partial(write, 1), partial(write, 2))
    assert {_last(openid)[0] for openid in people} == {NOON + timedelta(seconds=12)}


def test_the_journal_is_written_behind_and_then_forgotten(runtime: Runtime, account: Account) -> None:
    actions.meet(account.id, "oA")
    for second in (4, 1):
        note = Note(JOURNAL, _heard(account, "oA", second).pack())
        runtime.kv.put_if_absent(f"claim:{second}", b"w", 60, note)
    assert interactions.write_behind(runtime) == 2
    assert interactions.write_behind(runtime) == 0
    assert _last("oA")[0] == NOON + timedelta(seconds=4)
