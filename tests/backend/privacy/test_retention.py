"""What declares a number of days is deleted when they are over, and nothing else is: in every table that ever does."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from threading import Event

import pytest
from peewee import CharField, ForeignKeyField

from backend import clock
from backend.privacy import retention
from backend.privacy.columns import kept
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from jobs import timetable
from models import registry
from models.base import Table, UtcField, database
from models.marks import WITH_MEMBERSHIP, Lifetime, personal
from models.marks import kept as kept_for
from models.members import Member
from tests.fillers import fill
from tests.threads import at_once

A_MONTH = kept_for(30, "seen_at", "三十天")


class Visit(Table):
    """As others will declare theirs."""

    member = personal(ForeignKeyField(Member, on_delete="CASCADE"), A_MONTH)
    note = personal(CharField(max_length=8), A_MONTH)
    seen_at = personal(UtcField(null=True, index=True), A_MONTH)


class Word(Table):
    """Points at what goes at the same time."""

    visit = personal(ForeignKeyField(Visit, on_delete="RESTRICT"), A_MONTH)
    seen_at = personal(UtcField(index=True), A_MONTH)


TABLES = (Member, Visit, Word)
OLD, YOUNG = timedelta(days=30, seconds=1), timedelta(days=29, hours=23, minutes=59)


@pytest.fixture
def visits(runtime: Runtime) -> Iterator[None]:
    database.create_tables([Visit, Word])
    yield
    database.drop_tables([Word, Visit])


def _ids(table: type[Table]) -> list[int]:
    return sorted(row.id for row in table.select(table.id))


def _enforce(limit: int = retention.SLICE) -> int:
    return retention.enforce(limit, TABLES)


@pytest.mark.usefixtures("visits")
def test_what_had_its_time_goes_and_what_did_not_stays() -> None:
    [_, young, unseen] = [fill(Visit, seen_at=at) for at in (clock.now() - OLD, clock.now() - YOUNG, None)]
    assert (_enforce(), _enforce()) == (1, 0)
    assert _ids(Visit) == sorted([young.id, unseen.id])
    assert Member.select().count() == 3, "the days are those of the visit"


@pytest.mark.usefixtures("visits")
def test_what_had_its_time_goes_in_slices_the_oldest_first() -> None:
    moments = [clock.ago(days=days) for days in (31, 50, 40, 60, 70)]
    rows = {moment: fill(Visit, seen_at=moment).id for moment in moments}
    assert _enforce(limit=2) == 2
    assert _ids(Visit) == sorted(rows[moment] for moment in sorted(moments)[2:])
    assert [_enforce(limit=2) for _ in range(3)] == [2, 1, 0]


@pytest.mark.usefixtures("visits")
def test_who_points_goes_before_what_is_pointed_at() -> None:
    fill(Word, seen_at=clock.now() - OLD, visit=fill(Visit, seen_at=clock.now() - OLD))
    assert (_enforce(), _ids(Word), _ids(Visit)) == (2, [], [])


@pytest.mark.usefixtures("visits")
def test_two_who_sweep_at_once_delete_each_row_once() -> None:
    for _ in range(40):
        fill(Visit, seen_at=clock.now() - OLD)
    swept = at_once(*[lambda: sum(iter(partial(_enforce, 7), 0))] * 2)
    assert (sum(swept), _ids(Visit)) == (40, [])


@pytest.mark.usefixtures("visits")
def test_a_row_that_is_given_a_later_moment_meanwhile_stays() -> None:
    """The sweep has found the row and waits for the change that is about to be committed."""
    row, held = fill(Visit, seen_at=clock.now() - OLD), Event()

    def come_again() -> None:
        Visit.update(seen_at=clock.now()).where(Visit.id == row.id).execute()
        held.set()
        time.sleep(0.5)

    def sweep() -> int:
        assert held.wait(10)
        return _enforce()

    assert at_once(lambda: in_transaction(come_again), sweep)[1] == 0
    assert _ids(Visit) == [row.id]


def _since(table: type[Table], lifetime: Lifetime, at: datetime) -> int:
    row: Table = fill(table, **{lifetime.since: at})
    return row.id


def test_in_every_table_the_old_row_goes_and_the_young_stays(runtime: Runtime) -> None:
    """Also in those that nobody had thought of when this was written."""
    planted = []
    for table in registry.TABLES:
        for lifetime in kept(table):
            days = timedelta(days=lifetime.days)
            old, young = (clock.now() - days + gap for gap in (-timedelta(minutes=1), timedelta(minutes=1)))
            planted.append((table, _since(table, lifetime, old), _since(table, lifetime, young)))
    assert timetable.job("retention").run(runtime) == len(planted)
    for table, old_id, young_id in planted:
        there = _ids(table)
        assert (old_id in there, young_id in there) == (False, True), table


def test_a_table_without_days_is_left_alone(runtime: Runtime) -> None:
    fill(Member, joined_at=clock.ago(days=40_000))
    assert WITH_MEMBERSHIP.job != "retention"
    assert (retention.enforce(), Member.select().count()) == (0, 1)


@pytest.mark.parametrize("table", registry.TABLES, ids=lambda table: table._meta.table_name)
def test_a_row_of_any_table_can_be_made(runtime: Runtime, table: type[Table]) -> None:
    assert fill(table).id != fill(table).id
