"""A message is worked on by one at a time, its repetitions hear one answer, and a broken store silences nobody."""

import threading
import time
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from backend import clock
from backend.privacy.cipher import FieldCipher
from backend.receipts import rules
from backend.receipts.claims import Claims, Standing
from backend.storage.kv import KV, Note
from backend.storage.kv_redis import RedisKV
from backend.storage.kv_sqlite import SqliteKV
from tests.threads import at_once

KEY = "wxba5fad812f8e6fb9:m:24568234589076543"
CLAIM = f"claim:{KEY}"
CIPHER = FieldCipher({"k1": bytes(32)})


def _soon(seconds: float = 5.0) -> float:
    return clock.monotonic() + seconds


def test_the_first_gets_the_message(kv: KV) -> None:
    assert Claims(kv, CIPHER).claim(KEY, _soon()) == Standing(mine=True)


def test_a_repetition_hears_the_answer_that_was_given(kv: KV) -> None:
    claims = Claims(kv, CIPHER)
    claims.claim(KEY, _soon())
    for answer in (b"", b"w", b"a", "<xml>云溪</xml>".encode()):
        claims.answer(KEY, answer)
        assert claims.claim(KEY, _soon()) == Standing(mine=False, answer=answer)


def test_what_somebody_is_told_is_not_read_in_the_store(kv: KV) -> None:
    claims = Claims(kv, CIPHER)
    claims.claim(KEY, _soon())
    claims.answer(KEY, "您好".encode())
    claims.settle("another", "您好".encode())
    for name in (CLAIM, "claim:another"):
        assert "您好".encode() not in (kv.get(name) or b"")
    assert claims.settle("another", b"later") == "您好".encode()


def test_a_repetition_waits_for_an_answer_that_is_under_way(kv: KV) -> None:
    claims = Claims(kv, CIPHER)
    claims.claim(KEY, _soon())
    waiting = threading.Event()

    def repeat() -> Standing:
        waiting.set()
        return claims.claim(KEY, _soon())

    def work() -> Standing:
        assert waiting.wait(5)
        time.sleep(0.1)
        claims.answer(KEY, b"done")
        return Standing(mine=True)

    assert at_once(repeat, work)[0] == Standing(mine=False, answer=b"done")


def test_a_repetition_gives_up_at_its_deadline(kv: KV) -> None:
    claims = Claims(kv, CIPHER)
    claims.claim(KEY, _soon())
    began = clock.monotonic()
    assert claims.claim(KEY, _soon(0.1)) == Standing(mine=False, answer=None)
    assert 0.1 <= clock.monotonic() - began < 1


def test_of_many_who_claim_at_once_one_works_and_all_answer_alike(kv: KV) -> None:
    claims, worked = Claims(kv, CIPHER), []

    def ask() -> bytes | None:
        standing = claims.claim(KEY, _soon())
        if not standing.mine:
            return standing.answer
        worked.append(1)
        time.sleep(0.02)
        claims.answer(KEY, b"answer")
        return b"answer"

    assert at_once(*[ask] * 12) == [b"answer"] * 12
    assert len(worked) == 1


def test_a_claim_whose_holder_was_killed_is_taken_over_by_one(kv: KV) -> None:
    gone = rules.working(clock.timestamp() - rules.ABANDONED_AFTER - 1, "gone")
    kv.put(CLAIM, gone, rules.CLAIM_SECONDS)
    standings = at_once(*[partial(Claims(kv, CIPHER).claim, KEY, _soon(0.2))] * 6)
    assert [standing.mine for standing in standings].count(True) == 1


def test_a_claim_that_may_still_be_worked_on_is_not_taken_over(kv: KV) -> None:
    busy = rules.working(clock.timestamp() - rules.ABANDONED_AFTER + 2, "busy")
    kv.put(CLAIM, busy, rules.CLAIM_SECONDS)
    assert not Claims(kv, CIPHER).claim(KEY, _soon(0.1)).mine
    assert kv.get(CLAIM) == busy


def test_an_answered_claim_is_never_abandoned(kv: KV) -> None:
    kv.put(CLAIM, rules.answered(CIPHER.seal(b"answer", "claim")), rules.CLAIM_SECONDS)
    assert not rules.read(rules.answered(b"")).abandoned(1e12)
    assert Claims(kv, CIPHER).claim(KEY, _soon(0.1)) == Standing(mine=False, answer=b"answer")


def test_the_note_is_kept_for_the_first_and_for_a_repetition(kv: KV) -> None:
    claims = Claims(kv, CIPHER)
    claims.claim(KEY, _soon(), Note("heard", b"one"))
    claims.claim(KEY, _soon(0), Note("heard", b"two"))
    claims.settle(KEY + "x", b"answer", Note("heard", b"three"))
    assert [value for _, value in kv.journal("heard", 10)] == [b"one", b"two", b"three"]


def test_the_first_settled_answer_is_everybodys(kv: KV) -> None:
    claims = Claims(kv, CIPHER)
    answers = at_once(*(partial(claims.settle, KEY, f"answer {number}".encode()) for number in range(8)))
    assert len(set(answers)) == 1
    assert claims.settle(KEY, b"late") == answers[0]
    assert claims.claim(KEY, _soon(0.1)) == Standing(mine=False, answer=answers[0])


def test_settling_an_empty_answer_is_settling(kv: KV) -> None:
    claims = Claims(kv, CIPHER)
    assert claims.settle(KEY, b"") == b""
    assert claims.settle(KEY, b"something") == b""


@pytest.mark.parametrize("store", ["sqlite", "redis"])
def test_a_store_that_fails_lets_the_message_be_worked_on(store: str, tmp_path: Path, free_port: int) -> None:
    broken: KV
    if store == "sqlite":
        broken = SqliteKV(tmp_path / "kv.db")
        broken.close()
    else:
        broken = RedisKV(f"redis://127.0.0.1:{free_port}/0")
    claims, began = Claims(broken, CIPHER), clock.monotonic()
    with capture_logs() as logs:
        assert claims.claim(KEY, _soon(), Note("heard", b"one")) == Standing(mine=True)
        claims.answer(KEY, b"answer")
        assert claims.settle(KEY, b"answer") == b"answer"
    assert clock.monotonic() - began < 2, "nobody waits long for a store that is away"
    assert {line["event"] for line in logs} == {"claim.store_failed"}
    assert KEY not in str([line["event"] for line in logs])
