"""What the house relies on from every database engine: moments, keys, whole transactions, races, and the pool."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from peewee import IntegrityError, OperationalError

from backend.accounts.queries import Account
from backend.errors import Misconfigured
from backend.runtime import Runtime
from backend.storage import database as databases
from backend.storage.database import attempt, in_transaction
from models.base import database
from models.followers import FollowEvent, FollowState, WechatIdentity
from models.places import Place, PlaceLevel
from tests.threads import at_once

MOMENT = datetime(2026, 11, 21, 8, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _engine(runtime: Runtime) -> None:
    """Every test here runs on each engine."""


def _place(code: str, name: str = "慢城街道", at: datetime = MOMENT) -> Place:
    return Place.create(code=code, name=name, level=PlaceLevel.STREET, changed_at=at)


def _moment(code: str) -> datetime:
    return Place.get(Place.code == code).changed_at  # type: ignore[no-any-return]


def test_a_moment_keeps_its_microseconds_and_comes_back_aware() -> None:
    _place("99")
    assert _moment("99") == MOMENT
    assert _moment("99").tzinfo is UTC


def test_a_moment_without_microseconds_comes_back_the_same() -> None:
    _place("99", at=MOMENT.replace(microsecond=0))
    assert _moment("99") == MOMENT.replace(microsecond=0)


def test_a_moment_given_in_beijing_time_is_the_same_moment() -> None:
    _place("99", at=MOMENT.astimezone(timezone(timedelta(hours=8))))
    assert _moment("99") == MOMENT
    assert Place.select().where(Place.changed_at == MOMENT).count() == 1


def test_moments_sort_by_time_also_within_a_second() -> None:
    spans = [0, 1, 999_999, 1_000_000, 60_000_000]
    whole = MOMENT.replace(microsecond=0)
    for number, span in enumerate(reversed(spans)):
        _place(f"9{number}", at=whole + timedelta(microseconds=span))
    sorted_moments = [place.changed_at for place in Place.select().order_by(Place.changed_at)]
    assert sorted_moments == [whole + timedelta(microseconds=span) for span in spans]
    earlier = Place.select().where(Place.changed_at < whole + timedelta(microseconds=2)).count()
    assert earlier == 2


def test_a_naive_moment_is_refused_before_it_reaches_the_database() -> None:
    with pytest.raises(ValueError, match="time zone"):
        _place("99", at=datetime(2026, 11, 21))  # noqa: DTZ001 - the point of the test
    assert Place.select().count() == 0


def test_openids_that_differ_only_in_case_are_two_people(account: Account) -> None:
    for openid in ("oAbC", "oabc", "OABC"):
        WechatIdentity.create(account=account.id, openid=openid, created_at=MOMENT)
    assert WechatIdentity.select().where(WechatIdentity.openid == "oAbC").count() == 1
    assert WechatIdentity.select().count() == 3


def test_an_openid_is_known_once_for_an_account(account: Account) -> None:
    WechatIdentity.create(account=account.id, openid="oAbC", created_at=MOMENT)
    with pytest.raises(IntegrityError):
        WechatIdentity.create(account=account.id, openid="oAbC", created_at=MOMENT)


@pytest.mark.parametrize(
    "name", ["云溪区", "𠮷野家巷", "灯笼🏮巷👨‍👩‍👧", 'it\'s "quoted" \\ % {} ?', "é\u0301", "\u200b", "行\n二"]
)
def test_chinese_and_emoji_come_back_as_they_were_written(name: str) -> None:
    _place("99", name)
    assert Place.get(Place.name == name).name == name


def test_a_row_that_had_these_values_counts_as_updated() -> None:
    _place("330102")
    assert Place.update(name=Place.name).where(Place.code == "330102").execute() == 1
    assert Place.update(name=Place.name).where(Place.code == "330103").execute() == 0


def test_a_raised_error_rolls_the_whole_transaction_back() -> None:
    def work() -> None:
        _place("1")
        in_transaction(lambda: _place("2"))
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        in_transaction(work)
    assert Place.select().count() == 0


def test_a_refused_statement_rolls_the_whole_transaction_back() -> None:
    def work() -> None:
        _place("1")
        _place("1")

    with pytest.raises(IntegrityError):
        in_transaction(work)
    assert Place.select().count() == 0
    assert in_transaction(lambda: _place("1")).code == "1", "the connection can be used again"


def test_an_inner_unit_is_part_of_the_outer_one() -> None:
    def work() -> None:
        in_transaction(lambda: _place("1"))
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        in_transaction(work)
    assert Place.select().count() == 0


def test_an_attempt_that_fails_leaves_the_outer_one_whole() -> None:
    def work() -> None:
        _place("1")
        with pytest.raises(IntegrityError):
            attempt(lambda: (_place("3"), _place("1")))
        _place("2")

    in_transaction(work)
    assert sorted(place.code for place in Place.select()) == ["1", "2"]


def test_what_is_not_committed_is_not_seen_by_others() -> None:
    seen: list[int] = []
    inside, looked = threading.Event(), threading.Event()

    def work() -> None:
        _place("1")
        inside.set()
        assert looked.wait(10)

    def look() -> None:
        assert inside.wait(10)
        seen.append(Place.select().count())
        looked.set()

    at_once(partial(in_transaction, work), look)
    assert (seen, Place.select().count()) == ([0], 1)


def test_two_threads_racing_for_one_row_both_succeed_and_no_change_is_lost(account: Account) -> None:
    place = _place("99", "0")

    def step() -> None:
        def work() -> None:
            Place.update(changed_at=MOMENT).where(Place.id == place.id).execute()  # takes the row
            row = Place.get_by_id(place.id)
            row.name = str(int(row.name) + 1)
            row.save()

        for _ in range(10):
            in_transaction(work)

    at_once(step, step, step, step)
    assert Place.get_by_id(place.id).name == "40"


def test_two_threads_that_lock_two_rows_crosswise_both_succeed(account: Account) -> None:
    one, two = _place("1", "0"), _place("2", "0")
    tries: list[str] = []
    first_try = threading.Barrier(2)

    def swap(name: str, first: Place, second: Place) -> None:
        def work() -> None:
            tries.append(name)
            Place.update(name=name).where(Place.id == first.id).execute()
            if runtime_locks_rows() and tries.count(name) == 1:
                first_try.wait(10)
            Place.update(name=name).where(Place.id == second.id).execute()
            FollowEvent.create(account=account.id, state=FollowState.FOLLOWING, scene=name, happened_at=MOMENT)

        in_transaction(work)

    at_once(partial(swap, "a", one, two), partial(swap, "b", two, one))
    assert {event.scene for event in FollowEvent.select()} == {"a", "b"}
    assert FollowEvent.select().count() == 2, "the loser's first try left nothing"
    assert Place.get_by_id(one.id).name == Place.get_by_id(two.id).name


def runtime_locks_rows() -> bool:
    """SQLite has one writer at a time: there nobody can hold half of it."""
    return not type(database.obj).__name__.endswith("SqliteDatabase")


def test_nobody_waits_for_a_lock_for_ever() -> None:
    place, held, tried = _place("99"), threading.Event(), threading.Event()

    def hold() -> None:
        def work() -> None:
            Place.update(name="held").where(Place.id == place.id).execute()
            held.set()
            assert tried.wait(20)

        in_transaction(work)

    def want() -> float:
        assert held.wait(10)
        began = datetime.now(UTC)
        try:
            with pytest.raises(OperationalError):
                in_transaction(lambda: Place.update(name="wanted").where(Place.id == place.id).execute())
        finally:
            tried.set()
        return (datetime.now(UTC) - began).total_seconds()

    waited = at_once(hold, want)[1]
    assert waited is not None
    assert databases.LOCK_SECONDS - 0.5 <= waited <= databases.LOCK_SECONDS + 1.5
    assert Place.get_by_id(place.id).name == "held"


def test_the_pool_gives_connections_back(runtime: Runtime) -> None:
    def ask() -> None:
        for _ in range(10):
            assert Place.select().count() == 0
            database.close()

    for _ in range(3):
        at_once(*[ask] * 15)
    database.close()
    assert len(runtime.database._in_use) == 0  # type: ignore[attr-defined]
    assert 1 <= len(runtime.database._connections) <= 20  # type: ignore[attr-defined]


def test_many_more_threads_than_connections_all_get_their_turn(database_url: str) -> None:
    small = databases.connect(database_url, pool=2)

    def ask() -> object:
        with small.connection_context():
            return databases.ask(small, "SELECT 1")

    assert at_once(*[ask] * 12) == [1] * 12
    small.close_all()  # type: ignore[attr-defined]


def test_an_unknown_scheme_is_refused_with_the_name_of_the_setting() -> None:
    with pytest.raises(Misconfigured, match="TONGXIN_DATABASE_URL"):
        databases.connect("oracle://127.0.0.1/tongxin")
