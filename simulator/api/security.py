"""Content security: texts at once, pictures and recordings later, and how risky a person is (protocol §9.5).

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/sec-center/sec-check/msgSecCheck.html
"""

from urllib.parse import urlsplit

from simulator.api.calls import OK, Call
from simulator.api.users import chat_of
from simulator.errors import PlatformError, new_rid
from simulator.rules.judgements import Judgement, judge, judged_as
from simulator.shapes import JsonObject, integer, string
from simulator.state import quotas
from simulator.state.agenda import PLATFORM_ITSELF
from simulator.state.chats import Chat

CONTENT_LENGTH = 2_500
VISIT_SECONDS = 2 * 3_600
SCENES = frozenset({1, 2, 3, 4})
PROFILE = 1
MEDIA_TYPES = frozenset({1, 2})
NOT_FOUND = -1008
NEVER = "never"
_TEXTS = ("content", "title", "nickname", "signature")


def check_text(call: Call) -> JsonObject:
    quotas.spend_rate(call.desk, "/wxa/msg_sec_check", call.now, errcode=44991)
    content = string(call.body, "content")
    if not content:
        raise PlatformError(47001)
    if len(content) > CONTENT_LENGTH:
        raise PlatformError(45002)
    if not _is_second_version(call):
        return _first_version(content)
    _demand_scene(call)
    if string(call.body, "signature") and call.body["scene"] != PROFILE:
        raise PlatformError(40129)
    _demand_visitor(call)
    judgement = judge("\n".join(string(call.body, name) for name in _TEXTS))
    return {**OK, **_told(judgement), "trace_id": new_rid()}


def _first_version(content: str) -> JsonObject:
    """Frozen since 2021: no openid, and the errcode is the judgement."""
    if judge(content).suggest == "risky":
        raise PlatformError(87014)
    return OK


def check_media(call: Call) -> JsonObject:
    quotas.spend_rate(call.desk, "/wxa/media_check_async", call.now, errcode=44991)
    address = string(call.body, "media_url")
    if not address.startswith(("http://", "https://")) or not _is_second_version(call):
        raise PlatformError(47001)
    if integer(call.body, "media_type") not in MEDIA_TYPES:
        raise PlatformError(40004)
    _demand_scene(call)
    _demand_visitor(call)
    trace_id = new_rid()
    settings = call.platform.world.settings
    if settings.media_verdict != NEVER:
        verdict = _verdict(call, address, trace_id)
        call.platform.later(settings.media_verdict_seconds, call.desk, PLATFORM_ITSELF, verdict)
    return {**OK, "trace_id": trace_id}


def _verdict(call: Call, address: str, trace_id: str) -> JsonObject:
    """Nothing is fetched: an address under .invalid, which can be nobody's, counts as one that could not be."""
    fields: JsonObject = {
        "MsgType": "event",
        "Event": "wxa_media_check",
        "appid": call.desk.app_id,
        "trace_id": trace_id,
        "version": 2,
    }
    if _host(address).endswith(".invalid"):
        return fields | {"errcode": NOT_FOUND, "errmsg": "download fail"}
    judgement = judged_as(call.platform.world.settings.media_verdict)
    return fields | {"errcode": 0, "errmsg": "ok", **_told(judgement)}


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ".invalid"


def risk_rank(call: Call) -> JsonObject:
    if string(call.body, "appid") != call.desk.app_id:
        raise PlatformError(40013)
    if integer(call.body, "scene") not in {0, 1}:
        raise PlatformError(40129)
    if not string(call.body, "client_ip"):
        raise PlatformError(47001)
    chat = _demand_visitor(call)
    person = call.platform.world.people.get(chat.pid)
    return {"errcode": 0, "errmsg": "getuserriskrank succ", "risk_rank": person.risk_rank if person else 0}


def _told(judgement: Judgement) -> JsonObject:
    return {"result": judgement.result(), "detail": judgement.detail()}


def _is_second_version(call: Call) -> bool:
    return str(call.body.get("version")) == "2"


def _demand_scene(call: Call) -> None:
    if integer(call.body, "scene") not in SCENES:
        raise PlatformError(40129)


def _demand_visitor(call: Call) -> Chat:
    """Raises 61010 for who has not opened the mini-program within two hours."""
    chat = chat_of(call, string(call.body, "openid"), foreign=43104)
    if call.now - chat.visited_at > VISIT_SECONDS:
        raise PlatformError(61010)
    return chat
