"""A password and a WeChat: who may bind one, what ends it, and how often somebody may guess."""

import pyotp
import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.errors import Conflict, InvalidInput, TooMany
from backend.runtime import Runtime
from backend.staff import actions, rules
from models.audit import AuditEntry, Outcome
from models.staff import Staff, StaffState
from tests import people, staff

NEW = "another staple of horses"


@pytest.fixture
def hers(runtime: Runtime) -> int:
    staff_id = staff.account(runtime, "zhang.min")
    staff.set_up(runtime, staff_id)
    return staff_id


@pytest.fixture
def wechat(account: Account) -> int:
    return people.identity(account)


def _change(runtime: Runtime, old: str = staff.PASSWORD) -> None:
    runtime.credentials.change_password(staff.actor(runtime, login="zhang.min"), 0, old, NEW)


@pytest.mark.parametrize("state", [StaffState.SUSPENDED, StaffState.INVITED, StaffState.LEFT])
def test_who_is_not_at_work_binds_no_wechat(runtime: Runtime, hers: int, wechat: int, state: StaffState) -> None:
    Staff.update(state=state).execute()
    with pytest.raises(Conflict, match="不能绑定微信"):
        runtime.credentials.bind(hers, wechat)
    assert Staff.get().identity_id is None


def test_a_wechat_does_not_survive_that_the_account_is_set_up_anew(runtime: Runtime, hers: int, wechat: int) -> None:
    link = actions.new_link(runtime.audit, None, hers)
    Staff.update(identity=wechat).execute()
    secret = pyotp.random_base32()
    runtime.credentials.set_up(link.token, staff.PASSWORD, secret, staff.code_of(secret))
    assert Staff.get().identity_id is None


def test_a_new_password_ends_the_binding(runtime: Runtime, hers: int, wechat: int) -> None:
    runtime.credentials.bind(hers, wechat)
    _change(runtime)
    assert Staff.get().identity_id is None


def test_a_wrong_old_password_counts_as_one_at_the_sign_in(runtime: Runtime, hers: int) -> None:
    for _ in range(rules.FREE_FAILURES + 1):
        with pytest.raises(InvalidInput, match="现在的密码不对"):
            _change(runtime, "nothing of the kind")
    with pytest.raises(TooMany):
        _change(runtime)
    failed = AuditEntry.select().where(AuditEntry.action == "password_changed", AuditEntry.outcome == Outcome.FAILED)
    assert failed.count() == rules.FREE_FAILURES + 1
    Staff.update(locked_until=clock.now()).execute()
    _change(runtime)
