"""What is missing is asked for, once a month, of who agrees to be written to; dead WeChats are let go."""

from functools import partial

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.errors import Conflict, Forbidden, NotFound
from backend.followers import hearing
from backend.followers.hearing import Heard
from backend.heads import actions as heads
from backend.members import actions as members
from backend.members import numbers
from backend.members.rules import Application
from backend.permissions import EVERYWHERE, Actor
from backend.quality import findings, mending
from backend.quality.findings import Missing
from backend.runtime import Runtime
from backend.sessions import queries as sessions
from models.audit import AuditEntry
from models.consents import Purpose, Through
from models.deliveries import Delivery, DeliverySource
from models.followers import Interaction, WechatIdentity
from models.places import PlaceLevel
from models.staff import Role
from tests import people, staff
from tests.backend.reception import pairs
from tests.outboxes import check_truth


@pytest.fixture
def ids(runtime: Runtime, account: Account) -> list[int]:
    """Two in one community, one in another, one in another street: none has a number any more."""
    pairs.street()
    agreed = people.application().agreed
    found = []
    for number, code in enumerate(("990101", "990101", "990102", "990201")):
        told = Application("陈秀兰", people.home(code), agreed)
        found.append(people.member(runtime, account, f"o{number}", people.number(number), told))
        numbers.drop(found[-1])
    return found


def _clerk(runtime: Runtime, place: str = "9901") -> Actor:
    return staff.actor(runtime, (Role.CLERK, place), login=f"c.{place or 'all'}")


def _ask(runtime: Runtime, place: str = "9901", missing: Missing = Missing.NUMBER) -> int:
    return mending.ask(_clerk(runtime, place), runtime.outbox, runtime.audit, missing)


def _asked() -> list[int]:
    rows = Delivery.select(Delivery.member).join(DeliverySource).where(DeliverySource.type == "quality")
    return sorted(row.__data__["member"] for row in rows)


# Asking


def test_those_without_a_number_are_asked_once_a_month_whoever_clicks(runtime: Runtime, ids: list[int]) -> None:
    assert _ask(runtime) == 3
    assert _asked() == sorted(ids[:3])
    assert (_ask(runtime), _ask(runtime, "990101"), _ask(runtime, "99")) == (0, 0, 1)
    assert _asked() == sorted(ids)
    for row in DeliverySource.select():
        check_truth(row.id)


def test_who_does_not_want_notices_restricted_us_or_has_a_number_is_not_asked(runtime: Runtime, ids: list[int]) -> None:
    runtime.members.withdraw(ids[0], Purpose.NOTICES, Through.CHAT)
    members.restrict(ids[1])
    runtime.members.prove_phone(ids[2], people.proof(people.number(2)))
    assert _ask(runtime, "99") == 1
    assert _asked() == [ids[3]]


def test_those_without_a_place_are_asked_by_who_sees_everywhere(runtime: Runtime, ids: list[int]) -> None:
    members.move(ids[0], None)
    with pytest.raises(Forbidden):
        _ask(runtime, "99", Missing.PLACE)
    assert _ask(runtime, EVERYWHERE, Missing.PLACE) == 1
    assert _asked() == [ids[0]]


def test_asking_is_audited_and_keeps_to_the_manners_of_notices(runtime: Runtime, ids: list[int]) -> None:
    _ask(runtime)
    [entry] = AuditEntry.select().where(AuditEntry.action == "mend_data")
    assert entry.facts == '{"people":3,"what":"asked_for_number"}'
    assert {row.manners for row in DeliverySource.select().where(DeliverySource.type == "quality")} == {
        "cap,mute,quiet"
    }


@pytest.mark.parametrize("role", [Role.HANDLER, Role.LIAISON, Role.ADMINISTRATOR, Role.AUDITOR, Role.EDITOR])
def test_others_mend_nothing(runtime: Runtime, ids: list[int], role: Role) -> None:
    actor = staff.actor(runtime, (role, EVERYWHERE), login="other")
    for act in (
        partial(mending.ask, actor, runtime.outbox, runtime.audit, Missing.NUMBER),
        partial(mending.let_go, actor, runtime.audit, 1),
        partial(findings.without, actor, runtime.cipher, Missing.NUMBER),
        partial(findings.unreachable, actor, runtime.cipher),
        partial(findings.headless, actor),
    ):
        with pytest.raises(Forbidden):
            act()
    assert _asked() == []


# What is listed


def test_lists_are_masked_inside_the_scope_and_paged(
    runtime: Runtime, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "LIMIT", 2)
    first = findings.without(_clerk(runtime), runtime.cipher, Missing.NUMBER)
    second = findings.without(_clerk(runtime), runtime.cipher, Missing.NUMBER, first.older)
    assert [each.id for each in first.items + second.items] == [ids[2], ids[1], ids[0]]
    assert (second.older, first.items[0].name) == (None, "陈**")
    assert findings.without(_clerk(runtime, "99"), runtime.cipher, Missing.PLACE).items == []


def test_lanes_without_a_head_are_those_inside_the_scope(runtime: Runtime, ids: list[int]) -> None:
    for code in ("9901010101", "9901010102", "9902010101"):
        staff.place(code, PlaceLevel.LANE)
    heads.appoint(ids[0], "9901010101")
    clerk = _clerk(runtime)
    assert [lane.code for lane in findings.headless(clerk).items] == ["9901010102"]
    assert findings.headless(clerk, "990102").items == []
    heads.dismiss(ids[0], "9901010101")
    assert [lane.code for lane in findings.headless(clerk, "990101").items] == ["9901010101", "9901010102"]
    assert [lane.code for lane in findings.headless(clerk, after="9901010101").items] == ["9901010102"]
    with pytest.raises(Forbidden):
        findings.headless(clerk, "9902")


# Dead WeChats


@pytest.fixture
def dead(runtime: Runtime, account: Account, ids: list[int]) -> int:
    """A second WeChat of the first, to which the platform does not write."""
    second = people.follower(account, "oSecond")
    people.attach(second, ids[0])
    WechatIdentity.update(refused=43004, refused_at=clock.now()).where(WechatIdentity.id == second).execute()
    return second


def test_a_dead_wechat_is_let_go_and_its_sessions_end(runtime: Runtime, ids: list[int], dead: int) -> None:
    [found] = findings.unreachable(_clerk(runtime), runtime.cipher).items
    assert (found.id, found.member.id, found.account, found.only) == (dead, ids[0], "慢城街道", False)
    token = people.signed_in(dead)
    mending.let_go(_clerk(runtime), runtime.audit, dead)
    assert dead not in people.identities_of(ids[0])
    assert sessions.visitor(token) is None
    assert findings.unreachable(_clerk(runtime), runtime.cipher).items == []
    [entry] = AuditEntry.select().where(AuditEntry.action == "mend_data")
    assert (entry.subject, entry.place, entry.facts) == (str(ids[0]), "990101", '{"what":"identity_let_go"}')


def test_the_only_wechat_of_somebody_stays(runtime: Runtime, ids: list[int]) -> None:
    hers = people.identities_of(ids[1])[0]
    WechatIdentity.update(refused=43004, refused_at=clock.now()).where(WechatIdentity.id == hers).execute()
    assert findings.unreachable(_clerk(runtime), runtime.cipher).items[0].only
    with pytest.raises(Conflict):
        mending.let_go(_clerk(runtime), runtime.audit, hers)
    assert people.identities_of(ids[1]) == [hers]


def test_who_wrote_again_or_lives_elsewhere_loses_nothing(
    runtime: Runtime, account: Account, ids: list[int], dead: int
) -> None:
    for place in ("990102", "9902"):
        assert findings.unreachable(_clerk(runtime, place), runtime.cipher).items == []
        with pytest.raises(NotFound):
            mending.let_go(_clerk(runtime, place), runtime.audit, dead)
    hearing.record([Heard(account.id, "oSecond", clock.timestamp() + 1, Interaction.MESSAGE)])
    for gone in (dead, 0, 10**6):
        with pytest.raises(NotFound):
            mending.let_go(_clerk(runtime), runtime.audit, gone)
    assert dead in people.identities_of(ids[0])
