"""What every key-value store promises of its values and counts, whichever of them stands behind the port."""

import threading
import time
from functools import partial
from pathlib import Path

import pytest
import redis

from backend.storage.kv import KV, MemoryKV
from backend.storage.kv_sqlite import SqliteKV
from tests.threads import at_once

SHORT = 0.06
"""Seconds: long enough to look at a value before it ends."""


def test_what_was_put_is_there_and_the_last_put_wins(kv: KV) -> None:
    kv.put("k", b"one")
    kv.put("k", b"\x00\xfftwo")
    assert kv.get("k") == b"\x00\xfftwo"


def test_what_was_never_put_is_not_there(kv: KV) -> None:
    assert kv.get("nobody") is None


def test_empty_bytes_are_a_value(kv: KV) -> None:
    kv.put("k", b"")
    assert kv.get("k") == b""
    assert kv.put_if_absent("k", b"other") == b""


def test_keys_may_be_chinese_and_differ_by_case(kv: KV) -> None:
    kv.put("社区:oA", b"1")
    kv.put("社区:oa", b"2")
    assert (kv.get("社区:oA"), kv.get("社区:oa")) == (b"1", b"2")


def test_a_value_ends_after_its_ttl(kv: KV) -> None:
    kv.put("k", b"v", SHORT)
    assert kv.get("k") == b"v"
    time.sleep(SHORT * 1.5)
    assert kv.get("k") is None


def test_a_put_without_ttl_takes_the_old_end_away(kv: KV) -> None:
    kv.put("k", b"v", SHORT)
    kv.put("k", b"stays")
    time.sleep(SHORT * 1.5)
    assert kv.get("k") == b"stays"


def test_what_was_dropped_is_gone_and_dropping_nothing_is_harmless(kv: KV) -> None:
    kv.put("k", b"v")
    kv.drop("k")
    kv.drop("k")
    assert kv.get("k") is None


def test_an_absent_key_is_taken_and_a_taken_one_says_what_stands_there(kv: KV) -> None:
    assert kv.put_if_absent("k", b"first") is None
    assert kv.put_if_absent("k", b"second") == b"first"
    assert kv.get("k") == b"first"


def test_an_ended_key_can_be_taken_again(kv: KV) -> None:
    assert kv.put_if_absent("k", b"first", SHORT) is None
    assert kv.put_if_absent("k", b"second", SHORT) == b"first"
    time.sleep(SHORT * 1.5)
    assert kv.put_if_absent("k", b"third") is None
    assert kv.get("k") == b"third"


def test_being_refused_does_not_prolong_what_stands(kv: KV) -> None:
    kv.put_if_absent("k", b"first", SHORT)
    kv.put_if_absent("k", b"second", 60)
    time.sleep(SHORT * 1.5)
    assert kv.get("k") is None


def test_whoever_hears_that_a_key_is_hers_stands_there(kv: KV) -> None:
    """Keys that end all the time: a key ending in the middle of the question must not look like a free one."""
    end, life = time.monotonic() + 0.8, 0.003

    def takes(name: str) -> list[str]:
        wrong = []
        for number in range(1_000_000):
            mark, began = f"{name}:{number}".encode(), time.monotonic()
            mine = kv.put_if_absent("k", mark, life) is None
            standing, spent = kv.get("k"), time.monotonic() - began
            if mine and spent < life / 2 and standing != mark:
                wrong.append(f"{mark!r} was promised the key, but {standing!r} stands there")
            if began > end:
                break
        return wrong

    assert at_once(*(partial(takes, name) for name in "abcd")) == [[]] * 4


def test_a_key_that_ends_between_two_looks_at_the_clock_is_not_promised_to_two(tmp_path: Path) -> None:
    moment = [0.0, 0.0]  # now, and how far each look at the clock moves it on

    def ticking() -> float:
        moment[0] += moment[1]
        return moment[0]

    kv = SqliteKV(tmp_path / "ticking.db", now=ticking)
    for tenth in range(80, 110):
        kv.drop("k")
        moment[:] = [0.0, 0.0]
        kv.put("k", b"first", 10)
        moment[:] = [tenth / 10, 0.4]
        promised = kv.put_if_absent("k", b"second", 10) is None
        stands = kv._sqlite.execute("SELECT value FROM kv WHERE key = 'k'").fetchone()[0]
        assert promised == (stands == b"second"), f"asked at {tenth / 10}"
    kv.close()


def test_only_the_standing_value_is_replaced(kv: KV) -> None:
    kv.put("k", b"old")
    assert not kv.replace("k", b"other", b"new")
    assert kv.get("k") == b"old"
    assert kv.replace("k", b"old", b"new")
    assert kv.get("k") == b"new"


def test_nothing_cannot_be_replaced(kv: KV) -> None:
    assert not kv.replace("k", b"old", b"new")
    assert kv.get("k") is None


def test_replacing_by_nothing_drops_the_key(kv: KV) -> None:
    kv.put("k", b"old")
    assert not kv.replace("k", b"other", None)
    assert kv.replace("k", b"old", None)
    assert kv.get("k") is None


def test_replacing_by_empty_bytes_keeps_the_key(kv: KV) -> None:
    kv.put("k", b"old")
    assert kv.replace("k", b"old", b"")
    assert kv.get("k") == b""
    assert kv.replace("k", b"", b"new")
    assert kv.get("k") == b"new"


def test_a_replacement_has_its_own_end(kv: KV) -> None:
    kv.put("k", b"old", SHORT)
    assert kv.replace("k", b"old", b"new", 60)
    time.sleep(SHORT * 1.5)
    assert kv.get("k") == b"new"
    assert kv.replace("k", b"new", b"short", SHORT)
    time.sleep(SHORT * 1.5)
    assert not kv.replace("k", b"short", b"again")


def test_of_many_who_replace_at_once_one_succeeds(kv: KV) -> None:
    kv.put("k", b"old")
    won = at_once(*(partial(kv.replace, "k", b"old", str(number).encode()) for number in range(12)))
    assert won.count(True) == 1
    assert kv.get("k") == str(won.index(True)).encode()


def test_counting_starts_at_one_and_goes_up_by_what_is_asked(kv: KV) -> None:
    assert [kv.count_up("c"), kv.count_up("c"), kv.count_up("c", by=5), kv.count_up("c", by=-2)] == [1, 2, 7, 5]


def test_the_window_of_a_count_does_not_slide(kv: KV) -> None:
    kv.count_up("c", 0.12)
    time.sleep(0.08)
    assert kv.count_up("c", 0.12) == 2
    time.sleep(0.08)
    assert kv.count_up("c", 0.12) == 1, "the window ran from the first count, so it has ended"


def test_an_ended_count_starts_anew_with_a_new_window(kv: KV) -> None:
    kv.count_up("c", SHORT, by=9)
    time.sleep(SHORT * 1.5)
    assert kv.count_up("c", SHORT) == 1
    time.sleep(SHORT * 1.5)
    assert kv.get("c") is None


def test_eight_threads_counting_lose_nothing(kv: KV) -> None:
    def count() -> None:
        for _ in range(200):
            kv.count_up("c", 60)

    at_once(*[count] * 8)
    assert kv.count_up("c") == 8 * 200 + 1


def test_a_call_that_fails_harms_none_of_those_made_at_the_same_moment(kv: KV) -> None:
    kv.put("words", "不是数".encode())

    def count() -> None:
        for _ in range(40):
            kv.count_up("c")

    def fail() -> None:
        for _ in range(40):
            with pytest.raises((ValueError, redis.ResponseError)):
                kv.count_up("words")

    at_once(count, fail, count, fail, count)
    assert kv.count_up("c") == 3 * 40 + 1
    assert kv.get("words") == "不是数".encode()


def test_a_store_that_is_there_answers_a_ping(kv: KV) -> None:
    kv.ping()


def test_memory_forgets_what_has_ended_by_its_own_clock() -> None:
    moment = threading.local()
    moment.now = 100.0
    kv = MemoryKV(now=lambda: float(moment.now))
    kv.put("k", b"v", 10)
    moment.now = 109.9
    assert kv.get("k") == b"v"
    moment.now = 110.0
    assert kv.get("k") is None


def test_a_sqlite_store_sweeps_out_what_has_ended_and_nothing_else(tmp_path: Path) -> None:
    moment = [0.0]
    kv = SqliteKV(tmp_path / "swept.db", now=lambda: moment[0])
    for number in range(1000):
        kv.put(f"old {number}", b"v", 10)
    kv.put("a stays", b"v")
    kv.put("z young", b"v", 1000)
    moment[0] = 100.0
    for _ in range(1000):
        kv.count_up("m any write sweeps")
    left = {row[0] for row in kv._sqlite.execute("SELECT key FROM kv")}
    kv.close()
    assert left == {"a stays", "z young", "m any write sweeps"}
