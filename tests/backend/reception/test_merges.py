"""Staff merge two registrations of one person, and see beforehand what will come of it."""

from functools import partial
from random import Random

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.consents import queries as consented
from backend.errors import Forbidden, NotFound
from backend.members import actions as members
from backend.members import queries
from backend.permissions import TABLE, Action
from backend.reception.previews import Fate, Line
from backend.runtime import Runtime
from models.audit import AuditEntry
from models.consents import Purpose, Through
from models.followers import WechatIdentity
from models.members import Member, MemberState
from models.merges import MemberMerge
from models.staff import Role, Staff
from tests import people, staff
from tests.backend.reception import pairs
from tests.backend.reception.pairs import Pair, clerk, merge, refusal, steps
from tests.threads import at_once

YEARS_AGO = 5


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    pairs.street()


@pytest.fixture
def pair(runtime: Runtime, account: Account) -> Pair:
    return pairs.simple(runtime, account)


def test_the_older_registration_stays_and_she_is_told_by_whom(runtime: Runtime, pair: Pair) -> None:
    merge(runtime, Pair(pair.gone, pair.keep))
    assert len(people.identities_of(pair.keep)) == 2
    assert Member.get_by_id(pair.gone).state is MemberState.ERASED
    assert steps() == ["merged_by_staff"]
    [entry] = AuditEntry.select().where(AuditEntry.action == "merge_members")
    assert (entry.subject, entry.place) == (str(pair.keep), "990101")
    assert f'"gone":{pair.gone}' in entry.facts
    assert "陈" not in entry.facts


def test_nobody_is_merged_with_herself_or_with_whom_the_actor_may_not_see(runtime: Runtime, pair: Pair) -> None:
    merges, actor = runtime.reception.merges, clerk(runtime)
    assert refusal(lambda: merges.preview(actor, pair.keep, pair.keep)) == "one_member"
    for verb in (merges.preview, merges.merge):
        for other in (0, -1, 10**12, pair.gone + 99):
            assert refusal(partial(verb, actor, pair.keep, other)) == "no_member"
    members.restrict(pair.gone)
    assert refusal(lambda: merges.merge(actor, pair.keep, pair.gone)) == "no_member"


def test_two_who_do_not_go_by_one_name_are_not_merged(runtime: Runtime, account: Account) -> None:
    """Whoever is joined reads what the other told: a clerk must not join a neighbour to herself."""
    one = people.member(runtime, account, "oOne", people.number(1), people.application("陈秀兰"))
    other = people.member(runtime, account, "oOther", people.number(2), people.application("王小明"))
    merges = runtime.reception.merges
    for verb in (merges.preview, merges.merge):
        assert refusal(partial(verb, clerk(runtime), one, other)) == "other_name"


def test_nobody_merges_her_own_registration(runtime: Runtime, pair: Pair) -> None:
    actor = clerk(runtime)
    hers = WechatIdentity.get(WechatIdentity.member == pair.gone)
    Staff.update(identity=hers).where(Staff.id == actor.staff_id).execute()
    assert refusal(partial(runtime.reception.merges.merge, actor, pair.keep, pair.gone)) == "own_registration"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CLERK])
def test_only_clerks_merge(runtime: Runtime, pair: Pair, role: Role) -> None:
    actor = staff.actor(runtime, (role, "9901"))
    with pytest.raises(Forbidden):
        runtime.reception.merges.merge(actor, pair.keep, pair.gone)
    with pytest.raises(Forbidden):
        runtime.reception.merges.preview(actor, pair.keep, pair.gone)
    assert Member.get_by_id(pair.gone).state is MemberState.ACTIVE


def test_both_have_to_live_where_she_may_merge(runtime: Runtime, pair: Pair) -> None:
    members.move(pair.gone, people.home("990202"))
    actor = staff.actor(runtime, (Role.CLERK, "9901"), (Role.LEADER, "9902"))
    assert refusal(lambda: runtime.reception.merges.merge(actor, pair.keep, pair.gone)) == "not_permitted"
    assert refusal(lambda: runtime.reception.merges.preview(actor, pair.gone, pair.keep)) == "not_permitted"


def test_merged_by_two_at_once_they_are_merged_once(runtime: Runtime, pair: Pair) -> None:
    actor = clerk(runtime)

    def merge() -> bool:
        try:
            return bool(runtime.reception.merges.merge(actor, pair.keep, pair.gone))
        except NotFound:
            return False

    assert sorted(at_once(*[merge] * 4)) == [False] * 3 + [True]
    assert MemberMerge.select().count() == 1


def _line(runtime: Runtime, pair: Pair, title: str) -> Line:
    found = runtime.reception.merges.preview(clerk(runtime), pair.keep, pair.gone)
    return next(line for line in found.lines if line.title == title)


def test_the_preview_says_what_stays_what_comes_and_what_is_lost(runtime: Runtime, account: Account) -> None:
    older = people.member(runtime, account, "oOne", people.number(1), people.application("陈秀兰"))
    younger = people.member(runtime, account, "oOther", people.number(2), people.application("陳秀蘭", unit="3-501"))
    people.proved(older, 3)
    runtime.members.withdraw(younger, Purpose.NOTICES, Through.CHAT)
    pair = Pair(older, younger)
    name, phone = _line(runtime, pair, "姓名"), _line(runtime, pair, "手机号")
    assert (name.keep, name.gone, name.then, name.fate) == ("陈**", "陳**", "陈**", Fate.SAME)
    assert (phone.keep, phone.gone, phone.then, phone.fate) == (
        *("199******01", "199******02", "199******02"),
        Fate.LOST,
    )
    assert _line(runtime, pair, "所在地").fate is Fate.SAME
    assert (_line(runtime, pair, "门牌").gone, _line(runtime, pair, "门牌").fate) == ("填了", Fate.LOST)
    assert (_line(runtime, pair, "微信").then, _line(runtime, pair, "微信").fate) == ("2 个", Fate.ADDED)
    assert "接收社区通知" not in _line(runtime, pair, "同意").then
    assert _line(runtime, pair, "同意").fate is Fate.LOST


def test_the_preview_holds_no_name_number_unit_topic_or_skill(runtime: Runtime, account: Account) -> None:
    until = clock.now().replace(year=clock.now().year + 1) - (clock.now() - clock.ago(days=9))
    told = people.application("陈秀兰", unit="秘密 3-501", skills={"haircut": until}, topics=frozenset({"jobs"}))
    pair = Pair(
        people.member(runtime, account, "oOne", people.number(1), told),
        people.member(runtime, account, "oOther", people.number(2), told),
    )
    shown = repr(runtime.reception.merges.preview(clerk(runtime), pair.keep, pair.gone))
    assert [each for each in ("秀兰", "9900000", "秘密", "理发", "haircut", "找工作", "jobs") if each in shown] == []


def test_only_who_may_see_contacts_is_told_of_children(
    runtime: Runtime, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.members.add_ward(pair.gone, "小明", clock.now().year - YEARS_AGO, 1)
    assert _line(runtime, pair, "登记的孩子").then == "1 个"
    monkeypatch.setitem(TABLE, Action.SEE_CONTACTS, frozenset({Role.LIAISON}))
    lines = runtime.reception.merges.preview(clerk(runtime), pair.keep, pair.gone).lines
    assert "登记的孩子" not in {line.title for line in lines}


@pytest.mark.parametrize("seed", range(6))
def test_what_the_preview_says_comes_true(runtime: Runtime, account: Account, seed: int) -> None:
    pair = pairs.by_chance(runtime, account, Random(seed))
    lines = {line.title: line for line in runtime.reception.merges.preview(clerk(runtime), pair.keep, pair.gone).lines}
    merge(runtime, pair)
    person = queries.person(runtime.cipher, pair.keep)
    assert person is not None
    given = set(consented.given(pair.keep))
    titles = "、".join(each.title for each in consented.texts() if each.purpose in given) or "没有"
    assert lines["同意"].then == titles
    assert lines["微信"].then == f"{len(people.identities_of(pair.keep))} 个"
    assert lines["手机号"].then == (f"199******0{person.phone[-1]}" if person.phone else "没有")
    assert lines["所在地"].then == person.place_name
    if Purpose.WARDS in given:
        assert lines["登记的孩子"].then == f"{len(queries.wards(runtime.cipher, pair.keep))} 个"
