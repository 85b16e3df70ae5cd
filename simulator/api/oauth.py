"""Web authorisation, the server's side: codes become tokens, tokens are renewed, tried and used (protocol §8).

https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken
"""

from simulator.accounts import Account
from simulator.api.calls import OK, Call
from simulator.api.tokens import account_named
from simulator.crypto import matches
from simulator.errors import PlatformError
from simulator.shapes import JsonObject
from simulator.state import codes, quotas
from simulator.state.oauth import TOKEN_SECONDS, USERINFO, by_refresh_token, grant, renewed
from simulator.state.people import avatar_path, unionid_of
from simulator.state.records import WebGrant
from simulator.state.world import Desk

CALLS_A_MINUTE = 50_000
SNAPSHOT_NICKNAME = "微信用户"


def exchange(call: Call) -> JsonObject:
    if call.query.get("grant_type") != "authorization_code":
        raise PlatformError(40002)
    account = account_named(call, call.query.get("appid", ""), call.query.get("secret", ""))
    _demand_official(account)
    if not matches(account.app_secret, call.query["secret"]):
        raise PlatformError(40125)
    desk = _begin(call, account, "/sns/oauth2/access_token")
    code = _redeemed(call, desk)
    return _told(*grant(desk, code, call.now))


def refresh(call: Call) -> JsonObject:
    if call.query.get("grant_type") != "refresh_token":
        raise PlatformError(40002)
    account = _named(call)
    desk = _begin(call, account, "/sns/oauth2/refresh_token")
    refresh_token = call.query.get("refresh_token", "")
    if not refresh_token:
        raise PlatformError(41003)
    found = by_refresh_token(desk, refresh_token)
    if found is None:
        raise PlatformError(40030)
    token, given = found
    if call.now >= given.refresh_until:
        raise PlatformError(42002)
    return _told(renewed(desk, token, given, call.now), given)


def check(call: Call) -> JsonObject:
    _granted(call, "/sns/auth")
    return OK


def user_info(call: Call) -> JsonObject:
    """Sex and region are blank nowadays."""
    given = _granted(call, "/sns/userinfo")
    if given.scope != USERINFO:
        raise PlatformError(48001)
    person = call.platform.world.people.get(given.pid)
    blank = {"sex": 0, "language": "", "city": "", "province": "", "country": "", "privilege": []}
    if person is None:  # a visitor of a snapshot page
        return {"openid": given.openid, "nickname": SNAPSHOT_NICKNAME, **blank, "headimgurl": ""}
    picture = call.base_url + avatar_path(person.id)
    told = {"openid": given.openid, "nickname": person.nickname, **blank, "headimgurl": picture}
    return told | {"unionid": person.unionid}


def _named(call: Call) -> Account:
    """For an interface that takes no secret."""
    app_id = call.query.get("appid", "")
    if not app_id:
        raise PlatformError(41002)
    account = call.platform.accounts.get(app_id)
    if account is None:
        raise PlatformError(40013)
    _demand_official(account)
    return account


def _demand_official(account: Account) -> None:
    if not account.official:
        raise PlatformError(40013)
    if not account.certified:
        raise PlatformError(48001)


def _begin(call: Call, account: Account, path: str) -> Desk:
    desk = call.caller = call.platform.world.desks[account.app_id]
    quotas.spend_minute(desk, path, CALLS_A_MINUTE, call.now)
    return desk


def _redeemed(call: Call, desk: Desk) -> codes.WebCode:
    value = call.query.get("code", "")
    if not value:
        raise PlatformError(41008)
    code = codes.valid(desk.web_codes, value, call.now)
    codes.use(code, call.platform.world.settings.used_code_errcode)
    return code


def _told(token: str, given: WebGrant) -> JsonObject:
    told: JsonObject = {
        "access_token": token,
        "expires_in": TOKEN_SECONDS,
        "refresh_token": given.refresh_token,
        "openid": given.openid,
        "scope": given.scope,
    }
    if not given.pid:
        return told | {"is_snapshotuser": 1}
    return told | {"unionid": unionid_of(given.pid)} if given.scope == USERINFO else told


def _granted(call: Call, path: str) -> WebGrant:
    """The consent behind the user's token, which is none of ours for the other interfaces."""
    token, openid = call.query.get("access_token", ""), call.query.get("openid", "")
    if not token:
        raise PlatformError(41001)
    desks = call.platform.world.desks.values()
    desk = next((desk for desk in desks if token in desk.web_grants), None)
    if desk is None:
        raise PlatformError(40001)
    _begin(call, call.platform.accounts[desk.app_id], path)
    given = desk.web_grants[token]
    if call.now >= given.until:
        raise PlatformError(42001)
    if openid != given.openid:
        raise PlatformError(40003)
    return given
