"""Whoever of the staff asks, by whatever way: nobody outside her scope comes out. Random staff against random rows."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import combinations, product
from random import Random

import pytest

from backend.accounts.queries import Account
from backend.errors import Conflict, Forbidden, HouseError, NotFound
from backend.permissions import Action
from backend.reception import lists
from backend.reception.counts import Counts
from backend.runtime import Runtime
from backend.storage.kv import MemoryKV
from models.heads import LaneHead
from models.places import Place
from models.rights import Look
from tests.backend.reception.worlds import World, world

SEEDS = range(8)
REASON = "上门修水管，先联系"


@pytest.fixture(params=SEEDS)
def street(runtime: Runtime, account: Account, request: pytest.FixtureRequest) -> World:
    return world(runtime, account, Random(request.param))


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LIMIT", 3)


def _all(runtime: Runtime, street: World, typed: str = "", place: str = "", before: int | None = None) -> set[int]:
    """Of all pages; nobody where she is not permitted."""
    found: set[int] = set()
    try:
        while True:
            page = runtime.reception.lists.find(street.actor, typed, place, before)
            assert len(page.items) <= lists.LIMIT
            found |= {each.id for each in page.items}
            before = page.older
            if before is None:
                return found
    except Forbidden:
        return found


def _done(act: Callable[[], object]) -> bool:
    try:
        act()
    except (NotFound, Forbidden, Conflict):
        return False
    return True


def test_lists_and_searches_hold_who_is_inside_and_all_of_them(runtime: Runtime, street: World) -> None:
    seen = street.seen()
    assert _all(runtime, street) == seen
    assert _all(runtime, street, "陈秀") == seen
    assert _all(runtime, street, "chen") == seen
    for who, number in street.numbers.items():
        assert _all(runtime, street, number) == _all(runtime, street, str(who)) == seen & {who}


def test_no_place_and_no_cursor_leads_outside(runtime: Runtime, street: World) -> None:
    seen = street.seen()
    for code in street.parents:
        inside = street.may(Action.SEE_MEMBERS, code)
        assert _all(runtime, street, place=code) == (seen & street.below(code) if inside else set())
        assert _all(runtime, street, "陈", place=code) <= seen
    for forged in (*street.homes, 0, -5, 2**31, 10**15):
        assert _all(runtime, street, before=forged) == {who for who in seen if who < forged}


def test_nobody_outside_is_seen_called_or_merged_by_her_number(runtime: Runtime, street: World) -> None:
    reception, actor = runtime.reception, street.actor
    callable_, mergeable = street.seen(Action.SEE_CONTACTS), street.seen(Action.MERGE_MEMBERS)
    for who in street.homes:
        assert _done(partial(reception.details.of, actor, who)) is (who in street.seen())
        may_call = who in street.seen() & callable_
        assert _done(partial(reception.reveals.reveal, actor, who, REASON)) is may_call
    assert {row.__data__["member"] for row in Look.select(Look.member)} == street.seen() & callable_
    for pair in combinations(street.homes, 2):
        both = set(pair) <= street.seen() & mergeable and len({street.names[who] for who in pair}) == 1
        assert _done(partial(reception.merges.preview, actor, *pair)) is both
    for one, other in combinations(street.homes, 2):
        if not {one, other} <= street.seen() & mergeable:
            assert not _done(partial(reception.merges.merge, actor, one, other))
    assert street.seen() == _all(runtime, street), "nobody was merged"


def test_no_head_is_appointed_outside(runtime: Runtime, street: World) -> None:
    for who, place in product(street.homes, list(Place.select())):
        with suppress(HouseError):
            runtime.reception.heads.appoint(street.actor, who, place.code)
    for term in LaneHead.select(LaneHead, Place).join(Place):
        assert street.may(Action.APPOINT_HEADS, term.place.code)
        assert term.member_id in street.seen()


def test_counts_are_of_those_inside(runtime: Runtime, street: World) -> None:
    if not street.actor.may(Action.SEE_MEMBERS):
        return
    for tally in Counts(MemoryKV()).by_place(street.actor):
        assert street.may(Action.SEE_MEMBERS, tally.place_code)
        here = street.below(tally.place_code) - street.hidden
        assert (tally.members, tally.notices) == (len(here), len(here))
