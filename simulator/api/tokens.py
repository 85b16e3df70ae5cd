"""The two token endpoints.

https://developers.weixin.qq.com/doc/service/api/base/api_getaccesstoken
https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
"""

import re

from simulator.accounts import Account
from simulator.api.calls import Call
from simulator.api.rights import demand_address
from simulator.crypto import matches
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, string
from simulator.state import quotas, tokens

_PLAIN = "/cgi-bin/token"
_STABLE = "/cgi-bin/stable_token"
_WELL_FORMED_SECRET = re.compile(r"[0-9A-Za-z]{32}")


def token(call: Call) -> JsonObject:
    account = _identified(call, call.query)
    demand_address(call, account)
    secret = call.query.get("secret", "")
    if not matches(account.app_secret, secret):
        raise PlatformError(*_wrong_secret(secret))
    desk = call.caller = call.platform.world.desks[account.app_id]
    quotas.spend_daily(desk, _PLAIN, quotas.limit_of(desk, _PLAIN), call.now)
    return _issued(*tokens.replace(call.platform.world, desk, call.now))


def stable_token(call: Call) -> JsonObject:
    account = _identified(call, call.body)
    demand_address(call, account)
    if not matches(account.app_secret, string(call.body, "secret")):
        raise PlatformError(40125)
    world = call.platform.world
    desk = call.caller = world.desks[account.app_id]
    quotas.spend_minute(desk, _STABLE, quotas.STABLE_A_MINUTE, call.now)
    quotas.spend_daily(desk, _STABLE, quotas.limit_of(desk, _STABLE), call.now)
    if call.body.get("force_refresh") is True and tokens.may_force(desk, call.now):
        quotas.spend_daily(desk, f"{_STABLE} forced", quotas.FORCES_A_DAY, call.now)
        return _issued(*tokens.force(world, desk, call.now))
    return _issued(*tokens.stable(world, desk, call.now))


def _identified(call: Call, parameters: JsonObject | dict[str, str]) -> Account:
    if parameters.get("grant_type") != "client_credential":
        raise PlatformError(40002)
    return account_named(call, string(parameters, "appid"), string(parameters, "secret"))


def account_named(call: Call, app_id: str, secret: str) -> Account:
    """The account of that id; both parameters must be there, the secret is not compared yet."""
    if not app_id:
        raise PlatformError(41002)
    if not secret:
        raise PlatformError(41004)
    account = call.platform.accounts.get(app_id)
    if account is None:
        raise PlatformError(40013)
    return account


def _wrong_secret(secret: str) -> tuple[int, str]:
    """This endpoint says 40001 for a wrong secret, 40125 for one that cannot be a secret at all."""
    if _WELL_FORMED_SECRET.fullmatch(secret):
        return 40001, "invalid credential"
    return 40125, ""


def _issued(value: str, expires_in: int) -> JsonObject:
    return {"access_token": value, "expires_in": expires_in}
