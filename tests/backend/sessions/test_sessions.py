"""Who is signed in on which phone: tokens are not stored, sessions end, and everybody ends only their own."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.errors import Forbidden, InvalidInput, Unavailable
from backend.members.rules import Change
from backend.rights import actions as rights
from backend.runtime import Runtime
from backend.sessions import actions, queries, rules
from models.followers import FollowState, WechatIdentity
from models.members import MemberState
from models.sessions import Session
from tests import people
from tests.conftest import OFFICIAL
from tests.served import MINIPROGRAM, House, house_settings, opened, platform_of_both, prepare
from tests.simulated import Platform


def _session(token: str) -> int:
    found = queries.visitor(token)
    assert found is not None
    return found.session_id


def test_the_table_holds_digests_and_no_token(runtime: Runtime, account: Account) -> None:
    tokens = actions.begin(people.identity(account), "安卓手机")
    stored = repr(list(Session.select().tuples()))
    assert tokens.token not in stored
    assert tokens.refresh_token not in stored
    assert tokens.token not in repr(tokens)
    assert rules.is_token(tokens.token)
    assert rules.is_token(tokens.refresh_token)


def test_a_token_tells_who_she_is(runtime: Runtime, account: Account) -> None:
    who = people.identity(account)
    token = people.signed_in(who)
    visitor = queries.visitor(token)
    assert visitor is not None
    assert (visitor.identity_id, visitor.account_id, visitor.openid) == (who, account.id, "oPerson")
    assert (visitor.member_id, visitor.member_state) == (None, None)
    member_id = people.member(runtime, account)
    rights.restrict(member_id)
    visitor = queries.visitor(token)
    assert visitor is not None
    assert (visitor.member_id, visitor.member_state) == (member_id, MemberState.RESTRICTED)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "' OR 1=1 --", "é" * 43])
def test_an_unknown_token_is_nobodys(runtime: Runtime, account: Account, token: str) -> None:
    people.signed_in(people.identity(account))
    assert queries.visitor(token) is None


def test_a_refresh_token_is_no_token(runtime: Runtime, account: Account) -> None:
    assert queries.visitor(actions.begin(people.identity(account), "电脑").refresh_token) is None


def test_a_token_is_good_for_two_hours(runtime: Runtime, account: Account) -> None:
    tokens = actions.begin(people.identity(account), "安卓手机")
    assert abs(tokens.expires_at - clock.now() - timedelta(hours=2)) < timedelta(minutes=1)
    assert abs(tokens.ends_at - clock.now() - timedelta(days=30)) < timedelta(minutes=1)
    Session.update(expires_at=clock.now()).execute()
    assert queries.visitor(tokens.token) is None


def test_ten_phones_and_the_one_that_was_not_used_for_longest_ends(runtime: Runtime, account: Account) -> None:
    who, other = people.identity(account), people.identity(account, "oOther")
    stranger = people.signed_in(other)
    tokens = [people.signed_in(who) for _ in range(10)]
    Session.update(seen_at=clock.ago(days=1)).where(Session.id == _session(tokens[4])).execute()
    tokens.append(people.signed_in(who))
    assert [queries.visitor(token) is None for token in tokens] == [number == 4 for number in range(11)]
    assert queries.visitor(stranger) is not None


def test_she_sees_her_phones_at_all_accounts_the_last_used_first(runtime: Runtime, account: Account) -> None:
    mini = people.second_account(runtime)
    member_id = people.member(runtime, account)
    for known in (account, mini):
        runtime.members.recognise(people.identity(known), "uSame")
    here, there = (people.identity(known) for known in (account, mini))
    actions.begin(here, "电脑")
    ended = actions.begin(here, "苹果手机")
    actions.begin(there, "安卓手机")
    Session.update(ends_at=clock.ago(seconds=1)).where(Session.id == _session(ended.token)).execute()
    people.signed_in(people.identity(account, "oOther"))
    assert [(each.device, each.account) for each in queries.of_person(here)] == [
        ("安卓手机", mini.name),
        ("电脑", account.name),
    ]
    assert queries.of_person(there) == queries.of_person(here)
    assert len(people.identities_of(member_id)) == 2


def test_she_ends_one_of_hers_and_nobody_elses(runtime: Runtime, account: Account) -> None:
    who, other = people.identity(account), people.identity(account, "oOther")
    mine, second, theirs = people.signed_in(who), people.signed_in(who), people.signed_in(other)
    assert not actions.end(who, _session(theirs))
    assert actions.end(who, _session(second))
    assert [queries.visitor(token) is None for token in (mine, second, theirs)] == [False, True, False]
    assert not actions.end(who, 10**6)


def test_she_ends_all_others_of_hers(runtime: Runtime, account: Account) -> None:
    who, other = people.identity(account), people.identity(account, "oOther")
    mine, theirs = [people.signed_in(who) for _ in range(3)], people.signed_in(other)
    assert actions.end_others(who, _session(mine[1])) == 2
    assert [queries.visitor(token) is None for token in mine] == [True, False, True]
    assert queries.visitor(theirs) is not None


def test_use_is_written_once_an_hour(runtime: Runtime, account: Account) -> None:
    session_id = _session(people.signed_in(people.identity(account)))
    before = Session.get().seen_at
    actions.touch(session_id)
    assert Session.get().seen_at == before
    Session.update(seen_at=clock.ago(hours=2)).execute()
    actions.touch(session_id)
    assert Session.get().seen_at >= before


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) MicroMessenger/8.0", "苹果手机"),
        ("Mozilla/5.0 (Linux; Android 14; HarmonyOS) MicroMessenger", "鸿蒙手机"),
        ("Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0", "安卓手机"),
        ("wechatdevtools iPhone", "开发者工具"),
        ("curl", "其他设备"),
        ("", "其他设备"),
    ],
)
def test_of_a_phone_only_its_kind_is_kept(agent: str, device: str) -> None:
    assert rules.device_of(agent) == device


# With the platform


@pytest.fixture(scope="module")
def _platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform_of_both(tmp_path_factory.mktemp("simulator")) as platform:
        yield platform


@pytest.fixture
def platform(_platform: Platform) -> Platform:
    _platform.start_again()
    return _platform


@pytest.fixture
def house(tmp_path: Path, platform: Platform) -> Iterator[House]:
    with opened(prepare(house_settings(tmp_path, platform))) as made:
        yield made


def _code(platform: Platform, pid: str = "p1") -> str:
    return str(platform.ask("POST", f"people/{pid}/chats/{MINIPROGRAM.app_id}/login")["code"])


def _sign_in(house: House, code: str) -> actions.Tokens:
    runtime, app_id = house.runtime, MINIPROGRAM.app_id
    return runtime.sessions.sign_in(runtime.gateway(app_id), runtime.account(app_id), code, "安卓手机")


def test_a_code_signs_her_in_and_said_again_gives_the_same(house: House, platform: Platform) -> None:
    code = _code(platform)
    first = _sign_in(house, code)
    assert _sign_in(house, code) == first
    assert Session.select().count() == 1
    visitor = queries.visitor(first.token)
    assert visitor is not None
    assert visitor.account_id == house.runtime.account(MINIPROGRAM.app_id).id
    assert len(platform.calls("/sns/jscode2session")) == 1
    assert _sign_in(house, _code(platform)) != first
    assert Session.select().count() == 2


@pytest.mark.parametrize("code", ["never-given", ""])
def test_a_code_nobody_was_given_is_refused_with_a_sentence(house: House, code: str) -> None:
    with pytest.raises((InvalidInput, Unavailable)) as caught:
        _sign_in(house, code)
    assert "请" in caught.value.sentence
    assert Session.select().count() == 0
    assert WechatIdentity.select().count() == 0


def test_when_the_platform_is_away_nothing_is_left(house: House, platform: Platform) -> None:
    platform.fault("/sns/jscode2session", "http502")
    with pytest.raises(Unavailable):
        _sign_in(house, _code(platform))
    assert Session.select().count() == WechatIdentity.select().count() == 0


def test_whom_the_platform_blocks_is_told_where_to_go(house: House, platform: Platform) -> None:
    platform.fault("/sns/jscode2session", "errcode", errcode=40226)
    with pytest.raises(Forbidden) as caught:
        _sign_in(house, _code(platform))
    assert caught.value.code == "visitor_blocked"
    assert Session.select().count() == WechatIdentity.select().count() == 0


def test_her_account_and_her_mini_program_are_one_person(house: House, platform: Platform) -> None:
    runtime = house.runtime
    official = runtime.account(OFFICIAL.app_id)
    member_id = people.member(runtime, official)
    runtime.members.recognise(people.identity(official), _unionid(house, platform))
    visitor = queries.visitor(_sign_in(house, _code(platform)).token)
    assert visitor is not None
    assert visitor.member_id == member_id


def _unionid(house: House, platform: Platform) -> str:
    """As the platform tells it at a sign-in."""
    visitor = queries.visitor(_sign_in(house, _code(platform)).token)
    assert visitor is not None
    return str(WechatIdentity.get_by_id(visitor.identity_id).unionid)


def test_who_was_erased_signs_in_as_a_stranger(house: House, platform: Platform) -> None:
    runtime = house.runtime
    first = queries.visitor(_sign_in(house, _code(platform)).token)
    assert first is not None
    mini = runtime.account(MINIPROGRAM.app_id)
    member_id = people.member(runtime, mini, first.openid)
    runtime.members.change(member_id, Change(name="王小明"))
    rights.erase(member_id)
    assert people.follow_state(first.identity_id) is FollowState.LEFT
    again = queries.visitor(_sign_in(house, _code(platform)).token)
    assert again is not None
    assert (again.identity_id, again.member_id) == (first.identity_id, None)
    assert people.follow_state(first.identity_id) is FollowState.STRANGER
