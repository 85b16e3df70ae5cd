"""Staff confirm a number face to face: a code once, for what they saw, and no way into an account elsewhere."""

import pytest

from backend.accounts.queries import Account
from backend.errors import Forbidden, InvalidInput
from backend.members import actions as members
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from models.audit import AuditEntry
from models.members import PhoneConfirmation, PhoneProof
from models.staff import Role
from tests import people, staff
from tests.backend.reception import pairs

SHOWN = "199 0000 0001"


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    pairs.street()


def _make(runtime: Runtime, role: Role = Role.CLERK, place: str = "9901", **told: bool) -> str:
    actor = staff.actor(runtime, (role, place), login=f"x.{role.value}.{place}")
    return runtime.reception.codes.make(actor, SHOWN, **{"seen": True, **told})


@pytest.mark.parametrize("role", [Role.CLERK, Role.LIAISON])
def test_the_code_proves_the_number_once(runtime: Runtime, role: Role) -> None:
    code = _make(runtime, role)
    assert PhoneConfirmation.get().by == f"x.{role.value}.9901 同志（慢城街道办事处）"
    proof = in_transaction(lambda: runtime.confirmations.use(SHOWN, code))
    assert (proof.number, proof.how, proof.vouched) == (people.NUMBER, PhoneProof.FACE_TO_FACE, False)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.LEADER, Role.HANDLER, Role.EDITOR, Role.AUDITOR])
def test_others_make_none(runtime: Runtime, role: Role) -> None:
    with pytest.raises(Forbidden):
        _make(runtime, role)
    assert PhoneConfirmation.select().count() == 0


def test_who_did_not_see_it_makes_none(runtime: Runtime) -> None:
    with pytest.raises(InvalidInput) as refused:
        _make(runtime, seen=False)
    assert refused.value.errors[0].field == "seen"


def test_the_same_person_is_vouched_for_by_who_may_see_her_registration(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    code = _make(runtime, same_person=True)
    assert in_transaction(lambda: runtime.confirmations.use(SHOWN, code)).vouched
    for refused in ("elsewhere", "restricted", "nobody"):
        if refused == "elsewhere":
            members.move(member_id, people.home("990202"))
        if refused == "restricted":
            members.move(member_id, people.home())
            members.restrict(member_id)
        if refused == "nobody":
            members.release(member_id)
            runtime.members.prove_phone(member_id, people.proof(people.number(7)))
        with pytest.raises(Forbidden) as told:
            _make(runtime, same_person=True)
        assert told.value.code == "not_in_scope", "alike, so that nobody learns whether she is registered elsewhere"
    assert PhoneConfirmation.select().count() == 0


def test_the_audit_holds_neither_number_nor_code(runtime: Runtime, account: Account) -> None:
    people.member(runtime, account)
    code = _make(runtime, same_person=True)
    [entry] = AuditEntry.select().where(AuditEntry.action == "confirm_numbers")
    told = repr(list(AuditEntry.select().tuples()))
    assert [each for each in (code, "9900000001", "1990000") if each in told] == []
    assert (entry.subject_kind, len(entry.subject), entry.facts) == ("phone", 12, '{"same_person":1}')
    digests = runtime.lookups.digest("phone", people.NUMBER)
    assert entry.subject not in digests, "nobody is found by it"


def test_what_is_no_mobile_number_gets_none(runtime: Runtime) -> None:
    actor = staff.actor(runtime, (Role.CLERK, "9901"))
    for number in ("0871-63331234", "110", "", "陈", "'--"):
        with pytest.raises(InvalidInput):
            runtime.reception.codes.make(actor, number, seen=True)
    assert PhoneConfirmation.select().count() == 0
