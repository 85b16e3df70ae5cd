"""The audit is a chain: whatever is changed, taken out or put in is found, on each engine and under many writers."""

from datetime import timedelta

import pytest

from backend import clock
from backend.audit import rules, verification
from backend.audit.actions import Audit, Subject
from backend.audit.verification import verify
from backend.errors import InvalidInput
from backend.permissions import Action
from backend.privacy import retention
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from models.audit import YEARS, AuditEntry, AuditTail, Outcome
from models.staff import Role
from tests import staff
from tests.threads import at_once


def _some(runtime: Runtime, count: int = 5) -> None:
    who = staff.actor(runtime, (Role.CLERK, ""))
    for number in range(count):
        runtime.audit.record(who, Action.SEE_MEMBERS, Subject("member", str(number), "9901"), found=number)


def test_an_entry_says_who_did_what_where(runtime: Runtime) -> None:
    _some(runtime, 1)
    row = AuditEntry.select().order_by(AuditEntry.number.desc()).get()
    assert (row.login, row.role, row.address, row.action) == ("zhang.min", "clerk", "127.0.0.1", "see_members")
    assert (row.subject_kind, row.subject, row.place, row.facts) == ("member", "0", "9901", '{"found":0}')
    assert row.outcome is Outcome.DONE


def test_a_chain_nobody_touched_is_sound(runtime: Runtime) -> None:
    assert verify(runtime.lookups).sound, "an empty one too"
    _some(runtime)
    found = verify(runtime.lookups)
    assert (found.sound, found.entries) == (True, AuditEntry.select().count())


@pytest.mark.parametrize(
    "change",
    [
        {"login": "somebody.else"},
        {"action": "see_contacts"},
        {"subject": "77"},
        {"facts": '{"found":9}'},
        {"outcome": Outcome.REFUSED},
        {"address": "10.0.0.1"},
        {"happened_at": clock.now() - timedelta(hours=1)},
        {"previous": "f" * 64},
        {"digest": "f" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_is_found(runtime: Runtime, change: dict[str, object]) -> None:
    _some(runtime)
    AuditEntry.update(**change).where(AuditEntry.number == 3).execute()
    found = verify(runtime.lookups)
    assert not found.sound
    assert found.number in (3, 4)


def test_an_entry_that_was_taken_out_is_found_wherever_it_stood(runtime: Runtime) -> None:
    for number, said in ((3, 4), (1, 2)):
        AuditEntry.delete().execute()
        AuditTail.delete().execute()
        _some(runtime)
        AuditEntry.delete().where(AuditEntry.number == number).execute()
        assert verify(runtime.lookups).number == said


def test_an_end_that_was_cut_off_is_found(runtime: Runtime) -> None:
    _some(runtime)
    last = AuditTail.get().number
    AuditEntry.delete().where(AuditEntry.number == last).execute()
    found = verify(runtime.lookups)
    assert (found.sound, found.number) == (False, last)


def test_an_end_that_was_cut_off_with_its_tail_is_found_by_who_wrote_it_down(runtime: Runtime) -> None:
    _some(runtime)
    known, last = verification.end(), AuditTail.get().number
    assert verification.is_kept(known)
    AuditEntry.delete().where(AuditEntry.number == last).execute()
    before = AuditEntry.get(AuditEntry.number == last - 1)
    AuditTail.update(number=last - 1, digest=before.digest).execute()
    assert verify(runtime.lookups).sound, "nothing inside the database tells it"
    _some(runtime, 1)
    assert not verification.is_kept(known)
    with pytest.raises(InvalidInput):
        verification.is_kept("yesterday")


def test_without_its_tail_it_is_not_sound(runtime: Runtime) -> None:
    _some(runtime)
    AuditTail.delete().execute()
    assert not verify(runtime.lookups).sound


def test_an_entry_that_was_made_up_is_found(runtime: Runtime) -> None:
    """Whoever can write the table has no key for the digest."""
    _some(runtime)
    last = AuditEntry.select().order_by(AuditEntry.number.desc()).get()
    forged = {**last.__data__, "number": last.number + 1, "previous": last.digest, "facts": "{}"}
    del forged["id"]
    entry = {**forged, "digest": "a" * 64}
    AuditEntry.insert(entry).execute()
    AuditTail.update(number=last.number + 1, digest="a" * 64).execute()
    assert verify(runtime.lookups).number == last.number + 1


def test_what_was_undone_leaves_no_entry(runtime: Runtime) -> None:
    _some(runtime, 1)

    def work() -> None:
        runtime.audit.record(None, "sign_in")
        raise InvalidInput("no", "不行")

    with pytest.raises(InvalidInput):
        in_transaction(work)
    _some(runtime, 1)
    assert verify(runtime.lookups).sound


def test_many_who_write_at_once_make_one_chain(runtime: Runtime) -> None:
    def write() -> None:
        for _ in range(5):
            Audit(runtime.lookups).record(None, "sign_in", outcome=Outcome.FAILED, address="10.0.0.1")

    at_once(*[write] * 8)
    numbers = [row.number for row in AuditEntry.select(AuditEntry.number).order_by(AuditEntry.number)]
    assert numbers == list(range(1, 41))
    assert verify(runtime.lookups).sound


def test_entries_go_after_three_years_and_the_rest_stays_sound(runtime: Runtime) -> None:
    who = staff.actor(runtime, (Role.CLERK, ""))
    _some(runtime)
    old = clock.ago(days=YEARS * 365, hours=1)
    assert verify(runtime.lookups).sound
    for row in AuditEntry.select().order_by(AuditEntry.number).limit(3):
        AuditEntry.update(happened_at=old).where(AuditEntry.id == row.id).execute()
    assert retention.enforce() == 3
    AuditEntry.update(happened_at=old + timedelta(hours=2)).where(AuditEntry.number == 4).execute()
    _resealed(runtime, 4)
    assert verify(runtime.lookups).sound
    runtime.audit.record(who, Action.READ_AUDIT)
    assert verify(runtime.lookups).sound


def _resealed(runtime: Runtime, first: int) -> None:
    """As if it had been written then: by whoever has the key."""
    previous = ""
    for row in AuditEntry.select().where(AuditEntry.number >= first).order_by(AuditEntry.number):
        told = {name: getattr(row, name) for name in rules.Entry.__slots__}
        entry = rules.Entry(**{**told, "previous": previous or row.previous})
        previous = runtime.lookups.digest("audit", rules.sealed_text(entry))
        AuditEntry.update(previous=entry.previous, digest=previous).where(AuditEntry.id == row.id).execute()
    AuditTail.update(digest=previous).execute()
