"""Every column about a person says until when it is held, and the job that ends it exists.

A new table stands in one of the two lists below, or gives its columns a lifetime: until somebody has thought about it
these tests fail.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import CharField, Field, ForeignKeyField, TextField

from backend.privacy.columns import RETENTION, kept
from jobs.timetable import TIMETABLE
from models.base import Table, UtcField
from models.deliveries import Delivery, DeliverySource
from models.followers import WechatIdentity
from models.marks import AS_TOLD, WITH_FOLLOW, Lifetime, is_sealed, lifetime_of, personal, purpose_of, sealed
from models.marks import kept as kept_for
from models.members import Member
from models.registry import TABLES

ROOT = Path(__file__).parents[2]

KNOWS_NOBODY = {
    "place",
    "follow_event",  # counts comings and goings
    "delivery_tally",
    "mass_job",
    "delivery_worker",
    "delivery_lane",
    "delivery_block",
    "message_template",
    "job_run",
    "place_contact",  # whom the office publishes at its door, with the number on duty
    "activity",
    "consent_text",
    "audit_tail",
    "reply_book",
    "place_sign",
}
"""Tables without anything of a person."""

IMPERSONAL = {
    "wechat_account": {  # the account's own, and the house's for as long as it stands behind it
        "app_id", "kind", "name", "app_secret", "token", "aes_key", "previous_aes_key", "active", "changed_at",
    },
    "delivery_source": {  # what was decided, for whomever; the counts of its deliveries refer to it
        "type", "ref", "step", "kind", "ladder", "manners", "priority", "expires_at", "state", "why", "audience",
        "created_at",
    },
    "lane_head": {"place", "since", "until"},  # that a place had a head then, whoever it was
    "audit_entry": {"number"},  # that there is one; verification finds a gap by it
    "lookup_key": {"name", "key", "created_at"},  # random, and the house's own
}  # fmt: skip
"""Columns that say nothing of a person, in tables that do or that hold ciphertext."""

PROMISED: set[str] = set()
"""Jobs that lifetimes name and the timetable does not have yet. Whoever builds one takes it away here."""

PROVED = {
    "dormant": "tests/jobs/test_members.py::test_who_was_told_and_did_not_come_is_a_member_no_more",
    "tombstones": "tests/backend/followers/test_follows.py::test_tombstones_go_after_a_day_and_nobody_else_does",
    "deliveries": "tests/backend/outbox/test_upkeep.py::test_old_rows_go_in_slices_and_the_counts_stay",
    "receipts": "tests/backend/receipts/test_once.py::test_receipts_go_when_no_repetition_can_come_any_more",
    "files": "tests/backend/files/test_files.py::test_a_file_whose_time_is_over_goes_and_others_stay",
    "retention": "tests/backend/privacy/test_retention.py::test_in_every_table_the_old_row_goes_and_the_young_stays",
}
"""Where it is tested that a job really deletes."""

each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.table_name)


def _name(table: type[Table]) -> str:
    return str(table._meta.table_name)


def _columns(table: type[Table]) -> list[Field]:
    return [field for field in table._meta.sorted_fields if not field.primary_key]


def _is_about_people(table: type[Table]) -> bool:
    points_at = {field.rel_model for field in _columns(table) if isinstance(field, ForeignKeyField)}
    people = {Member, WechatIdentity}
    return table in people or bool(people & points_at) or any(map(is_sealed, _columns(table)))


def _faults(table: type[Table]) -> Iterator[str]:
    known, impersonal = _name(table) in KNOWS_NOBODY, IMPERSONAL.get(_name(table), set())
    lasting = {field.name for field in _columns(table) if lifetime_of(field)}
    if not _is_about_people(table):
        if not known and not lasting:
            yield "neither in KNOWS_NOBODY nor with lifetimes"
        return
    if known:
        yield "in KNOWS_NOBODY, and about people"
    for field in _columns(table):
        if (field.name in lasting) is (field.name in impersonal):
            yield f"{field.name} needs either a lifetime or a place in IMPERSONAL"


def _mistakes(table: type[Table]) -> Iterator[str]:
    """In the lifetimes that are a number of days."""
    if len(kept(table)) > 1:
        yield "one row has several lifetimes"
    for lifetime in kept(table):
        since = table._meta.fields.get(lifetime.since)
        if not isinstance(since, UtcField):
            yield f"{lifetime.since} is no moment of this table"
        elif not _leads_an_index(table, since):
            yield f"{lifetime.since} has no index"
        if lifetime.days <= 0:
            yield "no days"


def _leads_an_index(table: type[Table], field: Field) -> bool:
    first = [columns[0] for columns, _ in table._meta.indexes]
    return bool(field.index or field.unique) or field.name in first


@each_table
def test_every_column_about_a_person_has_a_lifetime(table: type[Table]) -> None:
    assert list(_faults(table)) == []


@each_table
def test_a_lifetime_in_days_counts_from_a_moment_that_is_indexed(table: type[Table]) -> None:
    assert list(_mistakes(table)) == []


def test_the_lists_name_what_is_there() -> None:
    tables = {_name(table): {field.name for field in _columns(table)} for table in TABLES}
    assert KNOWS_NOBODY - tables.keys() == set()
    assert {name: columns - tables.get(name, set()) for name, columns in IMPERSONAL.items()} == {
        name: set() for name in IMPERSONAL
    }


def test_every_job_that_ends_a_lifetime_is_in_the_timetable_and_really_deletes() -> None:
    """The proofs are the tests that `PROVED` names."""
    named = {lifetime.job for table in TABLES for field in _columns(table) if (lifetime := lifetime_of(field))}
    there = {job.name for job in TIMETABLE}
    assert named | {RETENTION} <= there | PROMISED
    assert there & PROMISED == set(), "what is there is not promised any more"
    assert (named | {RETENTION}) - PROMISED <= PROVED.keys()
    for proof in PROVED.values():
        path, _, test = proof.partition("::")
        assert f"\ndef {test}(" in (ROOT / path).read_text("utf-8")


def test_every_sealed_column_has_a_purpose_of_its_own() -> None:
    purposes = [purpose_of(field) for table in TABLES for field in _columns(table) if is_sealed(field)]
    # A message may be said to all in the source, or to one in her row: it is opened alike.
    assert purpose_of(Delivery.data) == purpose_of(DeliverySource.message)
    assert len(purposes) - 1 == len(set(purposes))
    assert [purpose for purpose in purposes if not purpose.partition(".")[2]] == []


DAYS = kept_for(30, "seen_at", "三十天")


class Undecided(Table):
    note = CharField()


class Forgotten(Table):
    member = personal(ForeignKeyField(Member), WITH_FOLLOW)
    note = CharField()


class Secretive(Table):
    secret = sealed(TextField(), "secretive.secret")


class Place(Table):
    """Its name is in the list."""

    member = personal(ForeignKeyField(Member), WITH_FOLLOW)


class Decided(Table):
    note = personal(CharField(), AS_TOLD)


def _dated(lifetime: Lifetime, *more: Lifetime, index: bool = True) -> type[Table]:
    class Dated(Table):
        member = personal(ForeignKeyField(Member), lifetime)
        note = personal(CharField(), more[0] if more else lifetime)
        seen_at = personal(UtcField(index=index), lifetime)

    return Dated


@pytest.mark.parametrize(
    ("table", "word"),
    [(Undecided, "KNOWS_NOBODY"), (Forgotten, "note"), (Secretive, "secret"), (Place, "KNOWS_NOBODY"), (Decided, "")],
)
def test_a_table_nobody_has_thought_about_is_noticed(table: type[Table], word: str) -> None:
    faults = list(_faults(table))
    assert [word in fault for fault in faults] == [True] * bool(word)


@pytest.mark.parametrize(
    ("table", "word"),
    [
        (_dated(DAYS), ""),
        (_dated(DAYS, WITH_FOLLOW), ""),
        (_dated(DAYS, index=False), "index"),
        (_dated(DAYS, kept_for(60, "seen_at", "六十天")), "several"),
        (_dated(kept_for(30, "note", "三十天")), "moment"),
        (_dated(kept_for(30, "left_at", "三十天")), "moment"),
        (_dated(kept_for(0, "seen_at", "零天")), "no days"),
    ],
)
def test_a_lifetime_in_days_that_cannot_be_kept_is_noticed(table: type[Table], word: str) -> None:
    mistakes = set(_mistakes(table))
    assert [word in mistake for mistake in mistakes] == [True] * len(mistakes)
    assert bool(mistakes) is bool(word)
