"""What a message asks to be written is written once, and every repetition hears the same answer."""

import base64
import time
from collections.abc import Callable
from functools import partial

import pytest

from backend import clock
from backend.privacy import rotation
from backend.privacy.cipher import FieldCipher
from backend.privacy.lookups import Lookups
from backend.receipts import actions, rules
from backend.runtime import Runtime
from models.places import Place, PlaceLevel
from models.receipts import Receipt
from tests.threads import at_once

ANSWER = "您好，记住了：您是春晓社区的街坊。🏮".encode()


Once = Callable[[str, Callable[[], bytes]], bytes]


@pytest.fixture
def once(runtime: Runtime) -> Once:
    """As a process with a database has it, on each engine."""
    return lambda key, work: actions.once(key, runtime.cipher, runtime.lookups, work)


def _write(code: str = "99") -> bytes:
    Place.create(code=code, name="慢城街道", level=PlaceLevel.STREET, changed_at=clock.now())
    return ANSWER


def test_the_work_is_done_and_its_answer_given(once: Once) -> None:
    assert once("app:m:1", _write) == ANSWER
    assert Place.select().count() == 1


def test_a_repetition_gets_the_answer_without_the_work(once: Once) -> None:
    once("app:m:1", _write)
    assert once("app:m:1", lambda: pytest.fail("worked twice")) == ANSWER
    assert Place.select().count() == 1


def test_having_nothing_to_say_is_an_answer_too(once: Once) -> None:
    assert once("app:m:1", lambda: b"") == b""
    assert once("app:m:1", lambda: pytest.fail("worked twice")) == b""


def test_another_message_or_another_account_is_other_work(once: Once) -> None:
    keys = ["app:m:1", "app:m:2", "other:m:1", "APP:m:1"]
    assert [once(key, partial(_write, f"9{n}")) for n, key in enumerate(keys)] == [ANSWER] * 4
    assert Place.select().count() == 4


def test_of_eight_threads_with_the_same_message_one_works_and_all_answer_alike(once: Once) -> None:
    worked: list[int] = []

    def work() -> bytes:
        worked.append(1)
        time.sleep(0.05)  # the others wait for the row meanwhile
        return _write(f"9{len(worked)}")

    assert at_once(*[partial(once, "app:m:1", work)] * 8) == [ANSWER] * 8
    assert len(worked) == 1
    assert Place.select().count() == Receipt.select().count() == 1


def test_work_that_raises_leaves_neither_receipt_nor_writing(once: Once) -> None:
    def fail() -> bytes:
        _write()
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        once("app:m:1", fail)
    assert Receipt.select().count() == Place.select().count() == 0
    assert once("app:m:1", _write) == ANSWER, "the repetition may work"


def test_when_the_first_fails_one_of_those_who_wait_works(once: Once) -> None:
    tries: list[int] = []

    def work() -> bytes:
        tries.append(1)
        if len(tries) == 1:
            time.sleep(0.05)
            raise RuntimeError("the first fails")
        return _write()

    def ask() -> bytes:
        try:
            return once("app:m:1", work)
        except RuntimeError:
            return b"failed"

    assert sorted(at_once(*[ask] * 4)) == sorted([b"failed", ANSWER, ANSWER, ANSWER])
    assert Place.select().count() == 1


def test_the_table_holds_neither_the_sender_nor_the_answer_in_clear(once: Once) -> None:
    once("app:e:o9AgO5Kd:1714112445:subscribe:1", lambda: ANSWER)
    row = repr(list(Receipt.select().tuples()))
    assert "o9AgO5Kd" not in row
    assert "春晓" not in row
    assert base64.b64encode(ANSWER).decode()[:20] not in row


def test_a_repetition_is_known_while_keys_are_changed_and_after_the_old_one_was_taken_away(runtime: Runtime) -> None:
    [old] = runtime.settings.keys.values()
    new = bytes(range(1, 33))

    def hear(keys: dict[str, bytes]) -> bytes:
        """As a process that was started with these keys."""
        cipher = FieldCipher(keys)
        return actions.once("app:m:1", cipher, Lookups(cipher), _write)

    assert hear({"k1": old}) == ANSWER
    assert hear({"k1": old, "k2": new}) == ANSWER
    rotated = FieldCipher({"k2": new, "k1": old})
    assert hear({"k2": new, "k1": old}) == ANSWER
    assert sum(done.changed for done in rotation.rotate(rotated)) > 0
    assert hear({"k2": new}) == ANSWER
    assert Place.select().count() == 1, "worked on once"


def test_receipts_go_when_no_repetition_can_come_any_more(once: Once) -> None:
    for number in range(5):
        once(f"app:m:{number}", lambda: ANSWER)
    assert actions.forget_old() == 0
    old = Receipt.select(Receipt.id).order_by(Receipt.id).limit(3)
    Receipt.update(received_at=clock.ago(hours=rules.KEEP_HOURS, minutes=1)).where(
        Receipt.id.in_([row.id for row in old])
    ).execute()
    assert [actions.forget_old(limit=2) for _ in range(3)] == [2, 1, 0]
    assert once("app:m:4", lambda: pytest.fail("worked twice")) == ANSWER
