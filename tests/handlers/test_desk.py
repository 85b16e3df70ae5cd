"""Staff sign in with their WeChat: the code on the screen, the digits beside it, and everybody who is not she."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend import runtime as runtimes
from backend.accounts import actions as accounts
from backend.accounts.queries import Account
from backend.errors import InvalidInput, NotFound
from backend.followers import actions as followers
from backend.runtime import Runtime
from backend.staff.scans import SCENE, Purpose, State
from backend.storage import migrations
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.replies import TextReply
from handlers import phrases, table
from handlers.talk import Talk
from models.staff import Staff
from tests import staff
from tests.conftest import OFFICIAL, make_settings

AT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    made = runtimes.start(make_settings(tmp_path))
    migrations.apply(made.database)
    accounts.put(OFFICIAL, made.cipher)
    yield made
    made.close()


@pytest.fixture
def account(runtime: Runtime) -> Account:
    return runtime.account(OFFICIAL.app_id)


def _said(runtime: Runtime, account: Account, message: m.Inbound) -> str:
    who = followers.meet(account.id, message.openid)
    reply = table.route_of(message).answer(Talk(runtime, account, message, who))
    assert isinstance(reply, TextReply)
    return reply.content


def _scan(token: str, openid: str = "oStaff") -> m.Scan:
    return m.Scan(openid, "gh", AT, "e:1", f"{SCENE}{token}")


def _text(words: str, openid: str = "oStaff") -> m.Text:
    return m.Text(openid, "gh", AT, "m:1", words)


def _bound(runtime: Runtime, account: Account) -> int:
    staff_id = staff.account(runtime, "zhang.min")
    staff.set_up(runtime, staff_id)
    token, scan = runtime.scans.begin(Purpose.BIND, "browser", "电脑", staff_id)
    assert _said(runtime, account, _scan(token)) == phrases.DESK_BINDING.format(login="zhang.min")
    assert _said(runtime, account, _text(f"绑定{scan.number}")) == phrases.DESK_BOUND
    return staff_id


def test_a_wechat_is_bound_and_signs_in(runtime: Runtime, account: Account) -> None:
    staff_id = _bound(runtime, account)
    assert Staff.get_by_id(staff_id).identity_id == followers.meet(account.id, "oStaff").id
    token, scan = runtime.scans.begin(Purpose.SIGN_IN, "browser", "电脑", address="203.0.113.9")
    told = {"login": "zhang.min", "name": "zhang.min 同志", "device": "电脑", "address": "203.0.113.9"}
    assert _said(runtime, account, _scan(token)) == phrases.DESK_SCANNED.format(**told)
    assert runtime.scans.take(token, "browser") is None, "not before she has confirmed it"
    assert _said(runtime, account, _text(f"登录 {scan.number}")) == phrases.DESK_SIGNED_IN
    taken = runtime.scans.take(token, "browser")
    assert (taken is not None and taken.staff_id, runtime.scans.take(token, "browser")) == (staff_id, None)


def test_who_scans_without_following_follows_by_it(runtime: Runtime, account: Account) -> None:
    staff_id = staff.account(runtime, "zhang.min")
    staff.set_up(runtime, staff_id)
    token, _ = runtime.scans.begin(Purpose.BIND, "browser", "电脑", staff_id)
    first = m.Subscribe("oNew", "gh", AT, "e:1", f"{SCENE}{token}")
    assert "绑定" in _said(runtime, account, first)
    assert followers.meet(account.id, "oNew").state == "following"


def test_another_browser_gets_nothing_by_the_same_code(runtime: Runtime, account: Account) -> None:
    _bound(runtime, account)
    token, scan = runtime.scans.begin(Purpose.SIGN_IN, "hers", "电脑")
    _said(runtime, account, _scan(token))
    _said(runtime, account, _text(f"登录{scan.number}"))
    assert runtime.scans.look(token, "another") is None
    assert runtime.scans.take(token, "another") is None


def test_whom_a_forwarded_code_would_sign_in_and_where_is_told_before_she_confirms(
    runtime: Runtime, account: Account
) -> None:
    _bound(runtime, account)
    token, _ = runtime.scans.begin(Purpose.SIGN_IN, "phisher", "Windows 电脑", address="198.51.100.7")
    said = _said(runtime, account, _scan(token))
    assert [words in said for words in ("zhang.min", "Windows 电脑", "198.51.100.7")] == [True] * 3
    assert "别人发来的二维码，一律不要回复" in said


def test_wrong_digits_end_it(runtime: Runtime, account: Account) -> None:
    _bound(runtime, account)
    token, scan = runtime.scans.begin(Purpose.SIGN_IN, "browser", "电脑")
    _said(runtime, account, _scan(token))
    wrong = "10" if scan.number != "10" else "11"
    with pytest.raises(InvalidInput, match="数字不对"):
        _said(runtime, account, _text(f"登录{wrong}"))
    with pytest.raises(NotFound):
        _said(runtime, account, _text(f"登录{scan.number}"))
    assert runtime.scans.look(token, "browser") is None


def test_a_wechat_that_is_nobodys_signs_nobody_in(runtime: Runtime, account: Account) -> None:
    _bound(runtime, account)
    token, _ = runtime.scans.begin(Purpose.SIGN_IN, "browser", "电脑")
    with pytest.raises(NotFound, match="还没有绑定"):
        _said(runtime, account, _scan(token, "oStranger"))
    found = runtime.scans.look(token, "browser")
    assert found is not None
    assert found.state is State.WAITING


def test_who_scanned_is_the_one_who_confirms(runtime: Runtime, account: Account) -> None:
    _bound(runtime, account)
    token, scan = runtime.scans.begin(Purpose.SIGN_IN, "browser", "电脑")
    _said(runtime, account, _scan(token))
    with pytest.raises(NotFound):
        _said(runtime, account, _text(f"登录{scan.number}", "oStranger"))
    assert runtime.scans.take(token, "browser") is None


def test_a_code_is_scanned_once(runtime: Runtime, account: Account) -> None:
    _bound(runtime, account)
    token, _ = runtime.scans.begin(Purpose.SIGN_IN, "browser", "电脑")
    _said(runtime, account, _scan(token))
    with pytest.raises(NotFound):
        _said(runtime, account, _scan(token))


def test_the_wechat_of_another_becomes_hers_alone(runtime: Runtime, account: Account) -> None:
    first = _bound(runtime, account)
    second = staff.account(runtime, "li.hua")
    staff.set_up(runtime, second)
    token, scan = runtime.scans.begin(Purpose.BIND, "browser", "电脑", second)
    _said(runtime, account, _scan(token))
    _said(runtime, account, _text(f"绑定{scan.number}"))
    assert Staff.get_by_id(first).identity_id is None
    assert Staff.get_by_id(second).identity_id is not None
