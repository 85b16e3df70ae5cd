"""A number that staff confirmed face to face: a code, once, for ten minutes, and only together with the number."""

import re
from functools import partial

import pytest

from backend import clock
from backend.errors import InvalidInput
from backend.members.rules import Proof
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from models.members import PhoneConfirmation, PhoneProof
from tests.threads import at_once

NUMBER, SHOWN = "+8613800138000", "138 0013 8000"


@pytest.mark.parametrize("same_person", [False, True])
def test_the_code_proves_the_number_once(runtime: Runtime, same_person: bool) -> None:
    code = runtime.confirmations.make(SHOWN, "李四", same_person)
    assert re.fullmatch(r"\d{8}", code)
    proof = in_transaction(lambda: runtime.confirmations.use("+86 13800138000", f" {code} "))
    assert proof == Proof(NUMBER, PhoneProof.FACE_TO_FACE, same_person)
    _refused(runtime, SHOWN, code)


def _refused(runtime: Runtime, number: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        in_transaction(lambda: runtime.confirmations.use(number, code))
    assert caught.value.code == "confirmation_wrong"


def test_another_number_another_code_and_a_trick_are_refused(runtime: Runtime) -> None:
    code = runtime.confirmations.make(SHOWN, "李四")
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for number, typed in (("13900139000", code), (SHOWN, wrong), (SHOWN, ""), (SHOWN, f"{code}same")):
        _refused(runtime, number, typed)
    assert PhoneConfirmation.select().count() == 1


def test_after_ten_minutes_it_is_too_late(runtime: Runtime) -> None:
    code = runtime.confirmations.make(SHOWN, "李四")
    row = PhoneConfirmation.get()
    assert 590 < (row.ends_at - clock.now()).total_seconds() <= 600
    PhoneConfirmation.update(ends_at=clock.ago(seconds=1)).execute()
    _refused(runtime, SHOWN, code)


def test_used_at_once_it_proves_to_one(runtime: Runtime) -> None:
    code = runtime.confirmations.make(SHOWN, "李四")

    def use() -> bool:
        try:
            return bool(in_transaction(partial(runtime.confirmations.use, SHOWN, code)))
        except InvalidInput:
            return False

    assert sorted(at_once(*[use] * 6)) == [False] * 5 + [True]


def test_what_it_was_for_is_undone_and_the_code_still_good(runtime: Runtime) -> None:
    code = runtime.confirmations.make(SHOWN, "李四")

    def fail() -> None:
        runtime.confirmations.use(SHOWN, code)
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        in_transaction(fail)
    assert in_transaction(lambda: runtime.confirmations.use(SHOWN, code)).number == NUMBER


def test_the_table_names_neither_number_nor_code(runtime: Runtime) -> None:
    code = runtime.confirmations.make(SHOWN, "李四")
    stored = repr(list(PhoneConfirmation.select().tuples()))
    assert "13800138000" not in stored
    assert code not in stored


@pytest.mark.parametrize("by", ["", " ", "李", "长" * 65])
def test_who_confirms_has_to_be_named(runtime: Runtime, by: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        runtime.confirmations.make(SHOWN, by)
    assert caught.value.code == "by_missing"


def test_white_space_around_a_name_is_not_kept(runtime: Runtime) -> None:
    runtime.confirmations.make(SHOWN, f"  {'长' * 64}  ")
    assert PhoneConfirmation.get().by == "长" * 64


def test_a_landline_cannot_be_confirmed(runtime: Runtime) -> None:
    with pytest.raises(InvalidInput) as caught:
        runtime.confirmations.make("0871-63331234", "李四")
    assert caught.value.code == "phone_invalid"
    assert PhoneConfirmation.select().count() == 0
