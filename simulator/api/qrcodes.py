"""QR codes with parameters.

https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode
"""

from aiohttp import web

from simulator.api.calls import Call
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, integer, mapping, string
from simulator.state.qrcodes import create_permanent, create_temporary, expired, find, picture
from simulator.state.records import QrCode

THIRTY_DAYS = 2_592_000
DEFAULT_SECONDS = 30  # the pages say 30 or 60: the shorter one catches whoever relies on it
PERMANENT_CODES = 100_000

_TEMPORARY = {"QR_SCENE", "QR_STR_SCENE"}
_HIGHEST_SCENE_ID = {"QR_SCENE": 2**32 - 1, "QR_LIMIT_SCENE": 100_000}
_ACTIONS = _TEMPORARY | {"QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"}


def create(call: Call) -> JsonObject:
    action = string(call.body, "action_name")
    if action not in _ACTIONS:
        raise PlatformError(40052)
    scene = _scene(action, mapping(mapping(call.body, "action_info"), "scene"))
    if action not in _TEMPORARY:
        return _answer(_permanent(call, action, scene))
    seconds = _seconds(call.body)
    code = create_temporary(call.desk, action, scene, call.now + seconds)
    call.platform.show_state()
    return _answer(code) | {"expire_seconds": seconds}


def show(call: Call) -> web.Response:
    """The picture; needs no credential. 404 for a ticket that is unknown or no longer valid."""
    ticket = call.query.get("ticket", "")
    for desk in call.platform.world.desks.values():
        code = find(desk, ticket)
        if code and code.ticket == ticket and not expired(code, call.now):
            return web.Response(body=picture(code.url), content_type="image/jpg")
    return web.Response(status=404)


def _permanent(call: Call, action: str, scene: str) -> QrCode:
    if call.desk.permanent_codes >= PERMANENT_CODES:
        raise PlatformError(45029)
    code = create_permanent(call.desk, action, scene)
    call.platform.show_state()
    return code


def _scene(action: str, scene: JsonObject) -> str:
    if action in _HIGHEST_SCENE_ID:
        scene_id = integer(scene, "scene_id")
        if scene_id is None or not 1 <= scene_id <= _HIGHEST_SCENE_ID[action]:
            raise PlatformError(40053)
        return str(scene_id)
    text = string(scene, "scene_str")
    if not 1 <= len(text) <= 64:
        raise PlatformError(40053)
    return text


def _seconds(body: JsonObject) -> int:
    if "expire_seconds" not in body:
        return DEFAULT_SECONDS
    seconds = integer(body, "expire_seconds")
    if seconds is None or not 1 <= seconds <= THIRTY_DAYS:
        raise PlatformError(40053)
    return seconds


def _answer(code: QrCode) -> JsonObject:
    return {"ticket": code.ticket, "url": code.url}
