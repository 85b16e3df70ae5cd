"""The interfaces about the interfaces: how much is used, clearing it, and what a failed call was (protocol §3.4, §0).

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/openApi-mgnt/getApiQuota.html
"""

from simulator.api.calls import OK, Call
from simulator.api.rights import demand_address
from simulator.api.tokens import account_named
from simulator.crypto import matches
from simulator.disguise import disguise
from simulator.errors import PlatformError
from simulator.rids import LIFETIME, Trace, well_formed
from simulator.shapes import JsonObject, string
from simulator.state import quotas

CLEARS_A_MONTH = 10
SINGLE_CLEARS_A_MONTH = 50
_CLEAR = "/cgi-bin/clear_quota"
_CLEAR_ONE = "/cgi-bin/openapi/quota/clear"
_SNS = "/sns/"


def clear(call: Call) -> JsonObject:
    if string(call.body, "appid") != call.desk.app_id:
        raise PlatformError(40013)
    return _clear_all(call)


def clear_by_secret(call: Call) -> JsonObject:
    """The documentation's table puts the parameters into the body, its sample into the query: both are taken."""
    given = {name: call.query.get(name) or string(call.body, name) for name in ("appid", "appsecret")}
    account = account_named(call, given["appid"], given["appsecret"])
    demand_address(call, account)
    if not matches(account.app_secret, given["appsecret"]):
        raise PlatformError(40125)
    call.caller = call.platform.world.desks[account.app_id]
    return _clear_all(call)


def _clear_all(call: Call) -> JsonObject:
    quotas.spend_monthly(call.desk, _CLEAR, CLEARS_A_MONTH, call.now)
    quotas.clear_daily(call.desk)
    return OK


def clear_one(call: Call) -> JsonObject:
    path = _path(call)
    quotas.spend_monthly(call.desk, _CLEAR_ONE, SINGLE_CLEARS_A_MONTH, call.now)
    call.desk.counts.pop(path, None)
    return OK


def get(call: Call) -> JsonObject:
    path = _path(call)
    limit, used = quotas.limit_of(call.desk, path), quotas.used_today(call.desk, path, call.now)
    count, seconds = quotas.RATES.get(path, (0, 0))
    rate = {"call_count": count, "refresh_second": seconds}
    return {
        **OK,
        "quota": {"daily_limit": limit, "used": used, "remain": max(0, limit - used)},
        "rate_limit": rate,
        "component_rate_limit": {"call_count": 0, "refresh_second": 0},
    }


def _path(call: Call) -> str:
    """Raises 76022 for what is no plain path or stands under /sns/, 76021 for one that is no interface."""
    path = string(call.body, "cgi_path")
    if not path.startswith("/") or path.startswith(_SNS) or not set(path).isdisjoint("?#& "):
        raise PlatformError(76022)
    if path not in call.platform.paths:
        raise PlatformError(76021)
    return path


def trace(call: Call) -> JsonObject:
    """rid/get."""
    rid = string(call.body, "rid")
    if not well_formed(rid):
        raise PlatformError(76002)
    found = call.platform.rids.find(rid)
    if found is None:
        raise PlatformError(76001)
    if found.app_id != call.desk.app_id:
        raise PlatformError(76003)
    if found.path.startswith(_SNS):
        raise PlatformError(76022)
    if call.now >= found.at + LIFETIME:
        raise PlatformError(76004)
    return {**OK, "request": _described(found)}


def _described(found: Trace) -> JsonObject:
    return {
        "invoke_time": int(found.at),
        "cost_in_ms": int(found.ms),
        "request_url": disguise(found.url),
        "request_body": _text(found.request),
        "response_body": _text(found.response),
        "client_ip": found.address,
    }


def _text(raw: bytes) -> str:
    return disguise(raw.decode("utf-8", errors="replace"))
