"""Her own account: one more way in is given only to whoever holds her authenticator, not to an open browser."""

import pytest

from backend import clock
from backend.runtime import Runtime
from backend.staff import rules
from models.staff import RecoveryCode, Staff
from tests import staff
from tests.served import House
from tests.staff import Browser

PATHS = ["/console/account/codes", "/console/account/wechat"]
WRONG = {"code": "no code"}


@pytest.fixture
def runtime(house: House) -> Runtime:
    return house.runtime


@pytest.fixture
def secret(runtime: Runtime) -> str:
    return staff.set_up(runtime, staff.account(runtime, "zhang.min"))


@pytest.fixture
def hers(house: House, secret: str) -> Browser:
    return staff.sign_in(house.app, "zhang.min", secret)


def _codes() -> set[str]:
    return {row.digest for row in RecoveryCode.select()}


def test_new_recovery_codes_are_made_for_a_code_that_was_not_used(hers: Browser, secret: str) -> None:
    before = _codes()
    again = hers.post(PATHS[0], {"code": staff.code_of(secret)})
    assert (again.status_code, "刚用过" in again.text, _codes()) == (422, True, before)
    staff.next_code(Staff.get().id)
    made = hers.post(PATHS[0], {"code": staff.code_of(secret)})
    assert (made.status_code, made.text.count("<li><code>"), _codes() & before) == (200, 8, set())


@pytest.mark.parametrize("path", PATHS)
def test_an_open_browser_alone_gets_no_further_way_in(hers: Browser, runtime: Runtime, path: str) -> None:
    paper = runtime.credentials.renew_codes(staff.actor(runtime, login="zhang.min"))[0]
    before = _codes()
    asked = hers.get(path)
    assert (asked.status_code, "手机验证器上的六位数字" in asked.text) == (200, True)
    for code in ("", "no code", paper):
        said = hers.post(path, {"code": code})
        assert (said.status_code, "验证码不对" in said.text, "scan-code" in said.text) == (422, True, False)
    assert _codes() == before


@pytest.mark.parametrize("path", PATHS)
def test_wrong_codes_shut_the_account_as_at_the_sign_in(hers: Browser, secret: str, path: str) -> None:
    said = [hers.post(path, WRONG).status_code for _ in range(rules.FREE_FAILURES + 1)]
    assert said == [422] * (rules.FREE_FAILURES + 1)
    staff.next_code(Staff.get().id)
    right = {"code": staff.code_of(secret)}
    assert hers.post(path, right).status_code == 429, "also the right one has to wait"
    Staff.update(locked_until=clock.now()).execute()
    assert hers.post(path, right).status_code != 429
