"""Who was heard of goes from the journal into the database, on each engine: nothing is lost, twice is harmless."""

from functools import partial

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.followers import actions, hearing
from backend.followers.hearing import JOURNAL, Heard
from backend.runtime import Runtime
from backend.storage.kv import Lease, Note
from jobs import interactions
from models.followers import Interaction, WechatIdentity
from tests.threads import at_once

START = 1_800_000_000.0


def _hear(runtime: Runtime, account: Account, person: int, at: float, kind: Interaction = Interaction.MESSAGE) -> None:
    note = Note(JOURNAL, Heard(account.id, f"o{person}", at, kind).pack())
    runtime.kv.put_if_absent(f"message:{person}:{at}", b"", 60, note)


def _meet(account: Account, people: int) -> None:
    for person in range(people):
        actions.meet(account.id, f"o{person}")


def _last(person: int) -> tuple[float, Interaction] | None:
    row = WechatIdentity.get(WechatIdentity.openid == f"o{person}")
    return row.last_interaction_at and (row.last_interaction_at.timestamp(), row.last_interaction)


def _waiting(runtime: Runtime) -> int:
    return len(runtime.kv.journal(JOURNAL, 10_000))


def test_everybody_who_was_heard_of_is_written_and_the_journal_is_empty(runtime: Runtime, account: Account) -> None:
    _meet(account, 50)
    for person in range(50):
        _hear(runtime, account, person, START + person)
    assert interactions.write_behind(runtime) == 50
    assert [_last(person) for person in (0, 49)] == [
        (START, Interaction.MESSAGE),
        (START + 49, Interaction.MESSAGE),
    ]
    assert (_waiting(runtime), interactions.write_behind(runtime)) == (0, 0)


def test_the_latest_of_several_counts_in_whatever_order_they_came(runtime: Runtime, account: Account) -> None:
    _meet(account, 1)
    for at, kind in ((2, Interaction.MENU), (3, Interaction.SCAN), (1, Interaction.MESSAGE)):
        _hear(runtime, account, 0, START + at, kind)
    interactions.write_behind(runtime)
    assert _last(0) == (START + 3, Interaction.SCAN)
    _hear(runtime, account, 0, START)
    interactions.write_behind(runtime)
    assert _last(0) == (START + 3, Interaction.SCAN), "an older note that arrives late changes nothing"


def test_a_kill_between_database_and_forgetting_writes_the_same_once_more(
    runtime: Runtime, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    _meet(account, 5)
    for person in range(5):
        _hear(runtime, account, person, START)

    class Killed(BaseException):
        """What no handler catches."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(type(runtime.kv), "forget", die)
        with pytest.raises(Killed):
            interactions.write_behind(runtime)
    assert (_last(4), _waiting(runtime)) == ((START, Interaction.MESSAGE), 5)
    assert interactions.write_behind(runtime) == 5
    assert (_last(4), _waiting(runtime)) == ((START, Interaction.MESSAGE), 0)


def test_nothing_is_forgotten_that_could_not_be_written(
    runtime: Runtime, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    _meet(account, 1)
    _hear(runtime, account, 0, START)
    with monkeypatch.context() as patch:
        patch.setattr(hearing, "_HEARD", "UPDATE nowhere SET {p}")
        with pytest.raises(Exception, match=r".+"):
            interactions.write_behind(runtime)
    runtime.database.close()
    assert _waiting(runtime) == 1
    assert interactions.write_behind(runtime) == 1
    assert _last(0) == (START, Interaction.MESSAGE)


def test_more_than_a_slice_is_written_in_one_run(
    runtime: Runtime, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactions, "SLICE", 10)
    _meet(account, 35)
    for person in range(35):
        _hear(runtime, account, person, START)
    assert interactions.write_behind(runtime) == 35
    assert WechatIdentity.select().where(WechatIdentity.last_interaction_at.is_null()).count() == 0


def test_notes_that_arrive_meanwhile_are_not_lost(runtime: Runtime, account: Account) -> None:
    _meet(account, 40)

    def hear(start: int) -> int:
        for person in range(start, start + 20):
            _hear(runtime, account, person, START)
        return 0

    written = at_once(partial(hear, 0), partial(hear, 20), *[partial(interactions.write_behind, runtime)] * 2)
    assert sum(written) + interactions.write_behind(runtime) == 40
    assert WechatIdentity.select().where(WechatIdentity.last_interaction_at.is_null()).count() == 0


def test_while_another_process_writes_this_one_does_not(runtime: Runtime, account: Account) -> None:
    _meet(account, 1)
    _hear(runtime, account, 0, START)
    other = Lease(runtime.kv, JOURNAL, 30)
    assert other.take()
    assert interactions.write_behind(runtime) == 0
    other.release()
    assert interactions.write_behind(runtime) == 1


def test_a_note_about_somebody_who_left_or_was_never_met_is_dropped(runtime: Runtime, account: Account) -> None:
    actions.follow(account.id, "o0", clock.from_timestamp(START))
    actions.leave(account.id, "o0", clock.from_timestamp(START + 1))
    for person in (0, 1):
        _hear(runtime, account, person, START)
    interactions.write_behind(runtime)
    assert (_last(0), WechatIdentity.select().count(), _waiting(runtime)) == (None, 1, 0)
