"""A code that is exchanged once gives one answer to all who ask within two minutes, in every key-value store."""

import time
from functools import partial

import pytest

from backend.errors import Unavailable
from backend.receipts import redemptions as rooms
from backend.receipts import rules
from backend.receipts.claims import Claims
from backend.receipts.redemptions import Redemptions
from backend.runtime import Runtime
from backend.storage.kv import KV
from tests.threads import at_once

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Nothing of it is in the database but the key of the digests."""


@pytest.fixture
def redemptions(runtime: Runtime, kv: KV) -> Redemptions:
    return Redemptions(Claims(kv, runtime.cipher), runtime.lookups)


def _never() -> str:
    raise AssertionError("exchanged twice")


def test_the_second_who_asks_gets_the_first_answer(redemptions: Redemptions) -> None:
    assert redemptions.redeem("session", "code", lambda: "答案") == "答案"
    assert redemptions.redeem("session", "code", _never) == "答案"


def test_an_empty_answer_is_an_answer(redemptions: Redemptions) -> None:
    assert redemptions.redeem("session", "code", lambda: "") == ""
    assert redemptions.redeem("session", "code", _never) == ""


@pytest.mark.parametrize(("kind", "code"), [("session", "other"), ("phone", "code")])
def test_another_code_or_kind_is_another_matter(redemptions: Redemptions, kind: str, code: str) -> None:
    redemptions.redeem("session", "code", lambda: "one")
    assert redemptions.redeem(kind, code, lambda: "other") == "other"


def test_all_who_ask_at_once_get_one_answer(redemptions: Redemptions) -> None:
    worked: list[int] = []

    def work() -> str:
        worked.append(1)
        time.sleep(0.1)
        return f"answer {len(worked)}"

    assert at_once(*[partial(redemptions.redeem, "session", "code", work)] * 8) == ["answer 1"] * 8


def test_what_fails_is_remembered_by_nobody(redemptions: Redemptions) -> None:
    def fail() -> str:
        raise Unavailable("wechat_unavailable", "请稍后再试。")

    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(Unavailable):
            redemptions.redeem("session", "code", fail)
    assert redemptions.redeem("session", "code", lambda: "now") == "now"
    assert time.monotonic() - began < 3, "nobody waited for a claim to be abandoned"


def test_neither_code_nor_answer_can_be_read_in_the_store(redemptions: Redemptions, kv: KV) -> None:
    redemptions.redeem("session", "secret-code", lambda: "secret-answer")
    digest = redemptions._lookups.digest("session", "secret-code")
    stored = kv.get(f"claim:redeem:{digest}")
    assert stored is not None
    assert b"secret" not in stored
    assert "secret" not in digest


def test_who_waits_in_vain_may_come_again(redemptions: Redemptions, kv: KV, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "WAIT_SECONDS", 0.05)

    def slow() -> str:
        with pytest.raises(Unavailable) as caught:
            redemptions.redeem("session", "code", _never)
        assert caught.value.code == "still_working"
        return "done"

    assert redemptions.redeem("session", "code", slow) == "done"
    assert redemptions.redeem("session", "code", _never) == "done"


def test_who_asks_the_platform_for_long_is_not_taken_for_dead(
    redemptions: Redemptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "ABANDONED_AFTER", 0.1)
    worked: list[int] = []

    def slow() -> str:
        worked.append(1)
        time.sleep(0.6)
        return "answer"

    assert at_once(*[partial(redemptions.redeem, "session", "code", slow)] * 3) == ["answer"] * 3
    assert worked == [1], "the code is good for once"


def test_a_dead_process_is_waited_for_no_longer_than_the_platform_takes(
    redemptions: Redemptions, kv: KV, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "EXCHANGED_AFTER", 0.2)
    digest = redemptions._lookups.digest("session", "code")
    kv.put(f"claim:redeem:{digest}", rules.working(time.time(), "of the dead"), 60)
    began = time.monotonic()
    assert redemptions.redeem("session", "code", lambda: "answer") == "answer"
    assert 0.1 < time.monotonic() - began < 5
