"""The mini-program's login: a code from the phone becomes an openid (protocol §9.1).

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
"""

import secrets

from simulator.accounts import Account
from simulator.api.calls import Call
from simulator.api.tokens import account_named
from simulator.crypto import matches
from simulator.errors import PlatformError
from simulator.shapes import JsonObject
from simulator.state import codes, quotas
from simulator.state.people import openid_of, unionid_of
from simulator.state.sessions import renew
from simulator.state.world import Desk

LOGINS_A_MINUTE = 100  # of one person


def exchange(call: Call) -> JsonObject:
    account = _miniprogram(call)
    desk = call.caller = call.platform.world.desks[account.app_id]
    code = _redeemed(call, desk)
    _admit(call, desk, code.pid)
    return {
        "session_key": renew(desk, code.pid, call.now),
        "openid": openid_of(account.app_id, code.pid),
        "unionid": unionid_of(code.pid),
    }


def _admit(call: Call, desk: Desk, pid: str) -> None:
    person = call.platform.world.people.get(pid)
    if person and person.high_risk:
        raise PlatformError(40226)
    quotas.spend_minute(desk, f"login of {pid}", LOGINS_A_MINUTE, call.now)


def _miniprogram(call: Call) -> Account:
    if call.query.get("grant_type") != "authorization_code":
        raise PlatformError(40002)
    account = account_named(call, call.query.get("appid", ""), call.query.get("secret", ""))
    if account.official:
        raise PlatformError(40013)
    if not matches(account.app_secret, call.query["secret"]):
        raise PlatformError(40125)
    return account


def _redeemed(call: Call, desk: Desk) -> codes.PersonCode:
    value = call.query.get("js_code", "")
    if not value:
        raise PlatformError(41008)
    code = codes.valid(desk.login_codes, value, call.now)
    codes.use(code, call.platform.world.settings.used_code_errcode)
    return code


def new_code(desk: Desk, pid: str, now: float) -> str:
    """As wx.login gives it."""
    desk.login_codes = codes.remembered(desk.login_codes, now)
    value = "0" + secrets.token_urlsafe(24)[:31]
    desk.login_codes[value] = codes.PersonCode(pid, now + codes.SECONDS)
    return value
