"""Links and schemes that open the mini-program from a text message or a web page (protocol §9.4).

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/qrcode-link/url-link/generateUrlLink.html
"""

import re

from simulator.api.calls import OK, Call
from simulator.api.wxacodes import is_released, version_of
from simulator.clock import DAY
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, integer, mapping, string
from simulator.state import quotas
from simulator.state.minicodes import keep
from simulator.state.records import MiniCode

QUERY_LENGTH = 1_024
SHORTEST = 60
LONGEST_DAYS = 30
AT_TIME, AFTER_DAYS = 0, 1
_PATHS = {"urllink": "/wxa/generate_urllink", "scheme": "/wxa/generatescheme"}
_QUERY = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~%]*")


def url_link(call: Call) -> JsonObject:
    return {**OK, "url_link": _made(call, "urllink", call.body, _until(call)).url}


def scheme(call: Call) -> JsonObject:
    """Without is_expire it lives as long as any may."""
    expires = call.body.get("is_expire") is True
    until = _until(call) if expires else call.now + LONGEST_DAYS * DAY
    return {**OK, "openlink": _made(call, "scheme", mapping(call.body, "jump_wxa"), until).url}


def _made(call: Call, kind: str, target: JsonObject, until: float) -> MiniCode:
    path, query = string(target, "path"), string(target, "query")
    if "?" in path or not is_released(call, path.removeprefix("/")):
        raise PlatformError(40165)
    if len(query) > QUERY_LENGTH or not _QUERY.fullmatch(query):
        raise PlatformError(40212)
    version = version_of(target, 85402)
    _spend(call, _PATHS[kind])
    return keep(call.desk, MiniCode("", kind, path.removeprefix("/"), query, env_version=version, until=until))


def _spend(call: Call, path: str) -> None:
    """The day's limit is for both together; the gate has counted this call already."""
    quotas.spend_rate(call.desk, path, call.now, errcode=44990)
    if sum(quotas.used_today(call.desk, one, call.now) for one in _PATHS.values()) > quotas.limit_of(call.desk, path):
        raise PlatformError(44993)


def _until(call: Call) -> float:
    kind = call.body.get("expire_type", AT_TIME)
    if isinstance(kind, bool) or kind not in (AT_TIME, AFTER_DAYS):
        raise PlatformError(40097)
    seconds = _days(call) * DAY if kind == AFTER_DAYS else (integer(call.body, "expire_time") or 0) - call.now
    if not SHORTEST <= seconds <= LONGEST_DAYS * DAY:
        raise PlatformError(85401)
    return call.now + seconds


def _days(call: Call) -> int:
    days = integer(call.body, "expire_interval") or 0
    return days if 1 <= days <= LONGEST_DAYS else 0
