"""Contact data of one member is shown once, for a reason she reads, and only while she agrees to be called."""

import threading
from functools import partial

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.errors import Conflict, Forbidden, HouseError, InvalidInput, NotFound
from backend.members import actions as members
from backend.members import numbers
from backend.permissions import EVERYWHERE, Actor
from backend.reception.reveals import Contact
from backend.rights import actions as rights
from backend.rights import looks
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from models.audit import AuditEntry
from models.consents import Purpose, Through
from models.rights import Look
from models.staff import Role
from tests import people, staff
from tests.backend.reception import pairs
from tests.threads import at_once

REASON = "上门修水管，先联系"


@pytest.fixture
def member(runtime: Runtime, account: Account) -> int:
    pairs.street()
    return people.member(runtime, account)


def _liaison(runtime: Runtime) -> Actor:
    return staff.actor(runtime, (Role.LIAISON, "990101"), (Role.CLERK, "9902"), login="li.si")


def _reveal(runtime: Runtime, member_id: int, reason: str = REASON) -> Contact:
    return runtime.reception.reveals.reveal(_liaison(runtime), member_id, reason)


def _nothing_written() -> bool:
    return not Look.select().exists() and not AuditEntry.select().where(AuditEntry.action == "see_contacts").exists()


def test_name_and_number_are_shown_and_she_sees_who_looked_and_why(runtime: Runtime, member: int) -> None:
    contact = _reveal(runtime, member, f"  {REASON}\n")
    assert (contact.name, contact.phone) == ("陈秀兰", people.NUMBER)
    [look] = looks.of(runtime.cipher, member)
    assert (look.role, look.unit, look.fields, look.reason) == ("联络员", "慢城街道办事处", ["name", "phone"], REASON)
    assert Look.get().viewer == "li.si"


def test_the_audit_says_who_saw_whom_and_no_word_of_her(runtime: Runtime, member: int) -> None:
    _reveal(runtime, member)
    entry = AuditEntry.select().order_by(AuditEntry.number.desc()).first()
    assert (entry.action, entry.login, entry.subject_kind, entry.subject, entry.place) == (
        *("see_contacts", "li.si", "member"),
        *(str(member), "990101"),
    )
    told = repr(list(AuditEntry.select().tuples()))
    assert [each for each in ("秀兰", "99000000", REASON) if each in told] == []


def test_in_clear_it_is_in_no_log_line(runtime: Runtime, member: int) -> None:
    shown = repr(_reveal(runtime, member))
    assert "秀兰" not in shown
    assert people.NUMBER not in shown


@pytest.mark.parametrize(
    "reason",
    [
        "",
        " ",
        "办事",
        "。。。。",
        "!!!! ????",
        "啊啊啊啊",
        "1",
        "\u202e\u200b\u200b\u200b\u200b",
        "办 事 。 。",
        "\n\n\n\n",
    ],
)
def test_what_is_no_reason_shows_nothing(runtime: Runtime, member: int, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        _reveal(runtime, member, reason)
    assert refused.value.code == "reason_missing"
    assert _nothing_written()


def test_a_reason_cannot_turn_around_or_hide_what_she_reads(runtime: Runtime, member: int) -> None:
    _reveal(runtime, member, "上门\u202e修\x00水管\u200b，<b>先</b>\t联系" + "因" * 500)
    [look] = looks.of(runtime.cipher, member)
    assert look.reason.startswith("上门修水管，<b>先</b> 联系因因")
    assert len(look.reason) == looks.LONGEST


def test_who_does_not_agree_to_be_called_is_not_shown_and_the_way_is_told(runtime: Runtime, member: int) -> None:
    runtime.members.withdraw(member, Purpose.CONTACT, Through.MINIPROGRAM)
    with pytest.raises(Forbidden, match="发消息"):
        _reveal(runtime, member)
    runtime.members.agree(member, people.agreement(Purpose.CONTACT), Through.MINIPROGRAM)
    assert _reveal(runtime, member).name == "陈秀兰"
    people.publish(Purpose.CONTACT)
    with pytest.raises(Forbidden, match="没有同意"):
        _reveal(runtime, member)
    assert Look.select().count() == 1


def test_without_a_number_nothing_is_shown_and_nothing_written(runtime: Runtime, member: int) -> None:
    numbers.drop(member)
    with pytest.raises(Conflict):
        _reveal(runtime, member)
    assert _nothing_written()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.LEADER, Role.EDITOR, Role.AUDITOR])
def test_who_may_not_see_contacts_is_shown_none(runtime: Runtime, member: int, role: Role) -> None:
    actor = staff.actor(runtime, (role, EVERYWHERE))
    with pytest.raises(Forbidden):
        runtime.reception.reveals.reveal(actor, member, REASON)
    assert _nothing_written()


def test_the_grant_has_to_be_for_her_place(runtime: Runtime, account: Account, member: int) -> None:
    actor = staff.actor(runtime, (Role.LEADER, "9901"), (Role.LIAISON, "9902"), login="two.places")
    with pytest.raises(Forbidden):
        runtime.reception.reveals.reveal(actor, member, REASON)
    members.move(member, people.home("990202"))
    assert runtime.reception.reveals.reveal(actor, member, REASON).name == "陈秀兰"
    assert looks.of(runtime.cipher, member)[0].role == "联络员"
    members.move(member, people.home("990303"))
    with pytest.raises(NotFound):
        runtime.reception.reveals.reveal(actor, member, REASON)


def test_restricted_or_gone_she_is_not_there(runtime: Runtime, member: int) -> None:
    members.restrict(member)
    with pytest.raises(NotFound):
        _reveal(runtime, member)
    members.release(member)
    rights.erase(member)
    with pytest.raises(NotFound):
        _reveal(runtime, member)
    assert _nothing_written()


def test_what_cannot_be_written_down_is_not_shown(
    runtime: Runtime, member: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_more: object) -> None:
        raise OSError("disk full")

    actor = _liaison(runtime)
    monkeypatch.setattr(type(runtime.audit), "record", full)
    with pytest.raises(OSError, match="disk full"):
        runtime.reception.reveals.reveal(actor, member, REASON)
    assert not Look.select().exists(), "one transaction: neither look nor entry"


def test_taken_back_at_this_moment_it_is_shown_before_or_not_at_all(runtime: Runtime, member: int) -> None:
    """Her withdrawal holds her row: whoever looks meanwhile waits, and sees that she does not agree."""
    actor, held = _liaison(runtime), threading.Event()

    def withdraw() -> None:
        runtime.members.withdraw(member, Purpose.CONTACT, Through.CHAT)
        held.set()
        threading.Event().wait(0.3)

    def look() -> str:
        assert held.wait(10)
        try:
            return runtime.reception.reveals.reveal(actor, member, REASON).name
        except HouseError as error:
            return error.code

    assert at_once(lambda: in_transaction(withdraw), look)[1] == "contact_not_agreed"
    assert not Look.select().exists()


def test_ten_looks_at_once_are_ten_entries(runtime: Runtime, member: int) -> None:
    actor = _liaison(runtime)
    at_once(*[partial(runtime.reception.reveals.reveal, actor, member, f"{REASON} {each}") for each in range(6)])
    assert len({look.reason for look in looks.of(runtime.cipher, member)}) == 6
    assert clock.now() >= Look.select().order_by(Look.id.desc()).first().looked_at
