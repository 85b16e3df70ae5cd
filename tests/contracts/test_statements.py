"""Statements written by hand do on every engine what peewee would do: defaults, conversions, taken keys, locks."""

import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from peewee import IntegrityError

from backend.runtime import Runtime
from backend.storage.database import in_transaction
from backend.storage.statements import insert, insert_all, insert_unless_there, lock
from models.base import database
from models.members import Member, MemberState, NameToken, PhoneProof
from models.places import Place, PlaceLevel
from tests.threads import at_once

MOMENT = datetime(2026, 11, 21, 8, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _engine(runtime: Runtime) -> None:
    """Every test here runs on each engine."""


def _member(**more: Any) -> dict[str, Any]:
    return {"name": "sealed", "joined_at": MOMENT, **more}


def _row(member_id: int) -> dict[str, Any]:
    found: dict[str, Any] = Member.get_by_id(member_id).__data__
    return found


def _held_digest() -> Any:
    return lock("SELECT id FROM member WHERE phone_digest = ?", "d").fetchone()


def test_a_row_is_what_peewee_would_have_made_of_it() -> None:
    told = _member(phone_digest="d", phone_proof=PhoneProof.WECHAT, seen_at=None)
    by_hand = insert(Member, told)
    by_peewee = Member.insert({**told, "phone_digest": "e"}).execute()
    one, other = (_row(each) for each in (by_hand, by_peewee))
    assert {**one, "id": 0, "phone_digest": ""} == {**other, "id": 0, "phone_digest": ""}
    assert (one["state"], one["joined_at"], one["phone_proof"]) == (MemberState.ACTIVE, MOMENT, PhoneProof.WECHAT)


def test_a_row_may_name_another_by_its_id_or_by_itself() -> None:
    above = Place.create(code="99", name="云溪区", level=PlaceLevel.DISTRICT, changed_at=MOMENT)
    for code, parent in (("9901", above), ("9902", above.id)):
        row = {"code": code, "name": "街道", "level": PlaceLevel.STREET, "parent": parent, "changed_at": MOMENT}
        assert Place.get_by_id(insert(Place, row)).parent_id == above.id


def test_many_rows_are_written_at_once() -> None:
    member_id = insert(Member, _member())
    insert_all(NameToken, [{"member": member_id, "token": token} for token in (3, 2**59, 7)])
    assert sorted(row.token for row in NameToken.select()) == [3, 7, 2**59]


def test_no_rows_are_no_statement() -> None:
    insert_all(NameToken, [])
    assert NameToken.select().count() == 0


def test_a_key_that_is_taken_is_told_and_the_unit_goes_on() -> None:
    def work() -> None:
        assert insert_unless_there(Member, _member(phone_digest="d")) is not None
        assert insert_unless_there(Member, _member(phone_digest="d")) is None
        assert insert_unless_there(Member, _member(phone_digest="e")) is not None

    in_transaction(work)
    assert sorted(row.phone_digest for row in Member.select()) == ["d", "e"]


def test_any_other_mistake_is_raised() -> None:
    for wrong in ({"place": 4711}, {"name": None}):
        with pytest.raises(IntegrityError):
            in_transaction(lambda wrong=wrong: insert_unless_there(Member, _member(**wrong)))  # type: ignore[misc]
    assert Member.select().count() == 0


def test_of_many_with_one_key_one_is_written() -> None:
    found = at_once(*[lambda: in_transaction(lambda: insert_unless_there(Member, _member(phone_digest="d")))] * 8)
    assert sum(each is not None for each in found) == 1


def test_a_row_that_is_held_waits_for_whoever_holds_it() -> None:
    member_id = insert(Member, _member(phone_digest="d"))
    held, told = threading.Event(), list[str]()

    def first() -> None:
        def work() -> None:
            assert _held_digest() is not None
            held.set()
            time.sleep(0.3)
            told.append("first")
            Member.update(name="first").where(Member.id == member_id).execute()

        in_transaction(work)

    def second() -> None:
        assert held.wait(10)

        def work() -> None:
            assert _held_digest() is not None
            told.append(Member.get_by_id(member_id).name)

        in_transaction(work)

    at_once(first, second)
    assert told == ["first", "first"]


def test_a_held_row_may_be_referred_to_by_others() -> None:
    """Whoever writes a row of hers does not wait for the end of her unit longer than it lasts."""
    member_id = insert(Member, _member(phone_digest="d"))

    def work() -> None:
        assert _held_digest() is not None
        insert(NameToken, {"member": member_id, "token": 1})

    in_transaction(work)
    assert (NameToken.select().count(), database.in_transaction()) == (1, False)
