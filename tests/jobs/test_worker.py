"""What the worker does with the tasks the doors have put: follows written late, words, invitations."""

import pytest

from backend.accounts.queries import Account
from backend.followers import queries
from backend.runtime import Runtime
from jobs import followers, worker
from jobs.timetable import TASKS, TIMETABLE, job
from models.followers import FollowEvent, FollowState
from tests.served import lent
from tests.simulated import wait_for

AT = 1_800_000_000.0


def _work(runtime: Runtime) -> int:
    return runtime.queue.work_off(worker.works(runtime))


def _follow(account: Account, at: float = AT) -> dict[str, object]:
    return {"account_id": account.id, "openid": "o1", "at": at, "scene": ""}


def test_comings_and_goings_are_written_by_their_own_time_not_by_their_order(
    runtime: Runtime, account: Account
) -> None:
    runtime.queue.put("leave", {"account_id": account.id, "openid": "o1", "at": AT + 5})
    runtime.queue.put("follow", _follow(account))
    assert _work(runtime) == 2
    follower = queries.find(account.id, "o1")
    assert follower is not None
    assert follower.state is FollowState.LEFT


def test_a_follow_that_is_put_twice_is_written_once(runtime: Runtime, account: Account) -> None:
    for _ in range(2):
        runtime.queue.put("follow", _follow(account))
    _work(runtime)
    assert FollowEvent.select().count() == 1


def test_a_task_gives_its_connection_back(runtime: Runtime, account: Account) -> None:
    runtime.queue.put("follow", _follow(account))
    _work(runtime)
    assert lent(runtime) == 0


def test_a_follow_is_tried_again_until_it_is_given_up(
    runtime: Runtime, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []

    def fail(*_: object) -> None:
        tries.append(1)
        raise OSError("away")

    monkeypatch.setattr(followers, "PAUSES", (0.01, 0.01))
    monkeypatch.setattr("backend.followers.actions.follow", fail)
    runtime.queue.put("follow", _follow(account))

    def given_up() -> bool:
        _work(runtime)
        return runtime.queue.waiting() == 0

    wait_for(given_up)
    assert len(tries) == 3, "once, and once after each pause"


def test_a_task_that_nobody_knows_or_that_fails_ends_nothing(runtime: Runtime, account: Account) -> None:
    runtime.queue.put("unheard-of", {})
    runtime.queue.put("say", {"account_id": account.id})
    runtime.queue.put("follow", _follow(account))
    assert _work(runtime) == 3
    assert queries.find(account.id, "o1") is not None


def test_every_task_and_every_job_has_a_name_of_its_own() -> None:
    names = [every.name for every in TIMETABLE]
    assert len(set(names)) == len(names)
    assert all(job(name).name == name for name in names)
    assert set(TASKS) == {
        "deliver",
        "follow",
        "leave",
        "mass_finished",
        "say",
        "check_import",
        "write_import",
        "write_export",
    }
    with pytest.raises(KeyError):
        job("unheard-of")
