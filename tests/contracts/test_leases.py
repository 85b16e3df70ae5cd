"""A lease belongs to one at a time, ends by itself, and says so to whoever lost it, on every key-value store."""

import time

import pytest

from backend.storage.kv import KV, Lease, lock
from tests.threads import at_once

SHORT = 0.08


def test_only_one_of_twenty_threads_gets_the_lease(kv: KV) -> None:
    leases = [Lease(kv, "leader", 60) for _ in range(20)]
    assert at_once(*(lease.take for lease in leases)).count(True) == 1


def test_two_names_are_two_leases(kv: KV) -> None:
    assert Lease(kv, "one", 60).take()
    assert Lease(kv, "two", 60).take()


def test_a_lease_ends_by_itself(kv: KV) -> None:
    assert Lease(kv, "leader", SHORT).take()
    assert not Lease(kv, "leader", 60).take()
    time.sleep(SHORT * 1.5)
    assert Lease(kv, "leader", 60).take()


def test_whoever_waits_gets_the_lease_when_it_ends(kv: KV) -> None:
    assert Lease(kv, "leader", SHORT).take()
    began = time.monotonic()
    assert Lease(kv, "leader", 60).take(wait=5)
    assert time.monotonic() - began < 2


def test_waiting_ends_when_the_time_is_up(kv: KV) -> None:
    assert Lease(kv, "leader", 60).take()
    began = time.monotonic()
    assert not Lease(kv, "leader", 60).take(wait=0.1)
    assert 0.1 <= time.monotonic() - began < 2


def test_a_renewed_lease_lives_on(kv: KV) -> None:
    lease = Lease(kv, "leader", SHORT * 2)
    assert lease.take()
    for _ in range(3):
        time.sleep(SHORT)
        assert lease.renew()
    assert not Lease(kv, "leader", 60).take()


def test_a_lease_that_ended_cannot_be_renewed(kv: KV) -> None:
    lease = Lease(kv, "leader", SHORT)
    assert lease.take()
    time.sleep(SHORT * 1.5)
    assert not lease.renew()


def test_a_lease_that_passed_to_another_cannot_be_renewed(kv: KV) -> None:
    lost, other = Lease(kv, "leader", SHORT), Lease(kv, "leader", 60)
    assert lost.take()
    time.sleep(SHORT * 1.5)
    assert other.take()
    assert not lost.renew()
    assert other.renew()


def test_a_lease_never_taken_cannot_be_renewed(kv: KV) -> None:
    assert not Lease(kv, "leader", 60).renew()
    assert Lease(kv, "leader", 60).take()


def test_releasing_a_lost_lease_harms_nobody(kv: KV) -> None:
    lost, other = Lease(kv, "leader", SHORT), Lease(kv, "leader", 60)
    assert lost.take()
    time.sleep(SHORT * 1.5)
    assert other.take()
    lost.release()
    assert other.renew(), "the other still has it"
    assert not Lease(kv, "leader", 60).take()


def test_a_released_lease_is_free_at_once(kv: KV) -> None:
    lease = Lease(kv, "leader", 60)
    assert lease.take()
    lease.release()
    assert Lease(kv, "leader", 60).take()


def test_the_lock_says_whether_it_was_had_and_is_free_afterwards(kv: KV) -> None:
    with lock(kv, "write-behind", lease=60) as mine:
        assert mine
        with lock(kv, "write-behind", lease=60) as second:
            assert not second
        with lock(kv, "write-behind", lease=60) as third:
            assert not third, "not having had the lock must not release it"
    with lock(kv, "write-behind", lease=60) as again:
        assert again


def test_the_lock_is_free_after_an_exception(kv: KV) -> None:
    with pytest.raises(RuntimeError), lock(kv, "write-behind", lease=60):
        raise RuntimeError
    with lock(kv, "write-behind", lease=60) as again:
        assert again


def test_never_two_are_inside_the_lock(kv: KV) -> None:
    inside: list[int] = []
    seen: list[int] = []

    def work() -> None:
        for _ in range(5):
            with lock(kv, "write-behind", lease=60, wait=20) as mine:
                assert mine
                inside.append(1)
                seen.append(len(inside))
                time.sleep(0.001)
                inside.pop()

    at_once(*[work] * 4)
    assert seen == [1] * 20
