"""A data key is changed while the service goes on: nothing is lost, nothing is overwritten, and the old one can go."""

import time
from itertools import islice
from threading import Event

import pytest

from backend.accounts import actions as accounts
from backend.accounts.queries import Accounts
from backend.errors import Misconfigured
from backend.privacy import columns, rotation
from backend.privacy.cipher import FieldCipher
from backend.storage.database import in_transaction
from models.accounts import WechatAccount
from models.deliveries import Delivery
from models.receipts import Receipt
from tests.backend.privacy.sealing import BOTH, K1, K2, NEW, OLD, one_of_each, opened, receipts, sealed_row, stored
from tests.conftest import OFFICIAL
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("runtime")


def _rotate(cipher: FieldCipher = BOTH, limit: int = rotation.SLICE) -> int:
    return sum(step.changed for step in rotation.rotate(cipher, limit))


def test_every_sealed_column_is_encrypted_anew_and_says_the_same() -> None:
    for _ in range(3):
        one_of_each()
    before = opened(OLD)
    assert all(before.values()), "every column is tried"
    assert _rotate(limit=2) == sum(len(stored(column)) for column in columns.sealed())
    assert opened(NEW) == before
    assert [value for column in columns.sealed() for value in stored(column) if not value.startswith("k2:")] == []


def test_what_was_done_is_not_done_again() -> None:
    one_of_each()
    _rotate()
    assert list(rotation.rotate(BOTH)) == []


def test_with_one_key_there_is_nothing_to_do() -> None:
    one_of_each()
    assert list(rotation.rotate(OLD)) == list(rotation.rotate(NEW)) == []


def test_what_is_empty_or_missing_stays_so() -> None:
    Receipt.create(digest="silent", received_at=sealed_row(Receipt).received_at)
    sealed_row(Delivery)
    Delivery.update(data=None).execute()
    _rotate()
    assert Receipt.get(Receipt.digest == "silent").answer == ""
    assert Delivery.get().data is None
    assert WechatAccount.get(WechatAccount.app_id == OFFICIAL.app_id).previous_aes_key is None


def test_of_three_keys_both_old_ones_are_done_with() -> None:
    sealed_row(Receipt)
    sealed_row(Receipt, NEW)
    third = {"k10": bytes(range(2, 34))}
    assert _rotate(FieldCipher({**third, **K2, **K1})) == len(stored(_answers())) + len(accounts.SECRETS) - 1
    assert {value.partition(":")[0] for value in stored(_answers())} == {"k10"}
    assert opened(FieldCipher(third))["receipt.answer"] == {"answer：王秀兰 🏮"}


def test_a_change_during_a_slice_is_not_overwritten() -> None:
    """The rotation has read the row and waits for the change that is about to be committed."""
    row = sealed_row(Receipt)
    held, late = Event(), NEW.encrypt("later", "receipt.answer")

    def change() -> None:
        Receipt.update(answer=late).where(Receipt.id == row.id).execute()
        held.set()
        time.sleep(0.5)

    def rotate() -> int:
        assert held.wait(10)
        return sum(step.changed for step in rotation.rotate(BOTH, tables=(Receipt,)))

    assert at_once(lambda: in_transaction(change), rotate)[1] == 0
    assert Receipt.get_by_id(row.id).answer == late


def test_two_who_rotate_at_once_change_every_value_once() -> None:
    receipts(200, OLD.encrypt("answer", "receipt.answer"))
    steps = at_once(*[lambda: list(rotation.rotate(BOTH, 15, (Receipt,)))] * 2)
    assert sum(step.changed for each in steps for step in each) == 200
    assert opened(BOTH)["receipt.answer"] == {"answer"}


def test_many_rows_are_read_a_slice_at_a_time() -> None:
    many, limit = 20_000, rotation.SLICE
    receipts(many, OLD.encrypt("answer", "receipt.answer"))
    steps = rotation.rotate(BOTH, tables=(Receipt,))
    assert next(steps).seen == limit
    assert rotation.needs(BOTH, (Receipt,)).old == {"k1": many - limit}, "the others were left alone so far"
    assert [(step.seen, step.changed) for step in islice(steps, 4)] == [(limit, limit)] * 4
    assert rotation.needs(BOTH, (Receipt,)) == rotation.Needs(5 * limit, {"k1": many - 5 * limit}, {})


def test_what_does_not_open_stays_and_goes_on_needing_its_key() -> None:
    bad, good = [sealed_row(Receipt), sealed_row(Receipt)], sealed_row(Receipt)
    damaged = bad[0].answer[:-8] + "AAAAAAA="
    Receipt.update(answer=damaged).where(Receipt.id.in_([row.id for row in bad])).execute()
    assert [(step.seen, step.changed) for step in rotation.rotate(BOTH, 2, (Receipt,))] == [(2, 0), (1, 1)]
    assert [Receipt.get_by_id(row.id).answer for row in bad] == [damaged] * 2
    assert NEW.decrypt(Receipt.get_by_id(good.id).answer, "receipt.answer") == "answer：王秀兰 🏮"
    assert rotation.needs(BOTH, (Receipt,)) == rotation.Needs(1, {"k1": 2}, {})


def test_needs_are_counted_by_key_also_of_those_that_are_not_configured() -> None:
    for name, number in (("k1", 1), ("k2", 2), ("k10", 3)):
        for _ in range(number):
            sealed_row(Receipt, FieldCipher({name: bytes(32)}))
    sealed_row(Receipt)
    Receipt.update(answer="no ciphertext").where(Receipt.id == sealed_row(Receipt).id).execute()
    Receipt.create(digest="silent", received_at=sealed_row(Receipt).received_at)
    needs = rotation.needs(BOTH, (Receipt,))
    assert needs == rotation.Needs(2, {"k1": 3}, {"": 1, "k10": 3})
    assert needs.free == []


def test_when_nothing_needs_the_old_key_it_is_free() -> None:
    one_of_each()
    assert rotation.needs(BOTH).free == []
    _rotate()
    assert rotation.needs(BOTH).free == ["k1"]


def test_a_running_process_reads_its_accounts_before_during_and_after() -> None:
    running = Accounts(BOTH)

    def secret(process: Accounts) -> str:
        process.forget()
        return process.all()[OFFICIAL.app_id].app_secret

    before = secret(running)
    steps = rotation.rotate(BOTH, 1, (WechatAccount,))
    for _ in islice(steps, 2):
        assert secret(running) == before, "some of its values are under the one key, some under the other"
    with pytest.raises(Misconfigured, match="k1"):
        Accounts(NEW).all()
    assert [step.changed for step in steps] == [1]
    assert secret(running) == secret(Accounts(NEW)) == before
    assert accounts.put(OFFICIAL, NEW) is False, "and no setting seems to have changed"


def _answers() -> columns.Sealed:
    [found] = [column for column in columns.sealed() if column.name == "receipt.answer"]
    return found
