"""The account's blacklist (protocol §5).

https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_getblacklist
"""

from simulator.api.calls import OK, Call
from simulator.api.users import chat_of, page_of, told
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, string, strings

PAGE = 1_000
BATCH = 20


def listed(call: Call) -> JsonObject:
    openids = list(call.desk.blacklist)
    page = page_of(call, openids, string(call.body, "begin_openid"), PAGE)
    return {"total": len(openids), **told(page, PAGE)}


def put_on(call: Call) -> JsonObject:
    for openid in _asked(call):
        call.desk.blacklist.setdefault(openid, True)
    return OK


def take_from(call: Call) -> JsonObject:
    for openid in _asked(call):
        call.desk.blacklist.pop(openid, None)
    return OK


def _asked(call: Call) -> list[str]:
    openids = strings(call.body, "openid_list")
    if not 1 <= len(openids) <= BATCH:
        raise PlatformError(40032)
    return [chat_of(call, openid, foreign=49003).openid for openid in openids]
