"""Codes that open a page of the mini-program (protocol §9.4).

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/qrcode-link/qr-code/getUnlimitedQRCode.html
"""

import re

from aiohttp import web

from simulator.api.calls import Call
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, integer, mapping, string
from simulator.state import quotas
from simulator.state.minicodes import Look, keep, keep_once, picture
from simulator.state.records import MiniCode

SCENE_LENGTH = 32
PATH_BYTES = 1_024
LOOSE_PAGES = 60_000
COUNTED_CODES = 100_000
WIDTHS = range(280, 1_281)
VERSIONS = frozenset({"release", "trial", "develop"})
RESERVED = "scancode_time"

_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]+")
_COLOURS = ("r", "g", "b")


def unlimited(call: Call) -> web.Response:
    quotas.spend_rate(call.desk, "/wxa/getwxacodeunlimit", call.now, errcode=45009)
    scene, look = _scene(string(call.body, "scene")), _look(call.body)
    code = MiniCode("", "unlimited", _page(call), scene=scene, env_version=version_of(call.body, 40097))
    return _drawn(keep_once(call.desk, code), look)


def limited(call: Call) -> web.Response:
    return _counted(call, "code", _look(call.body), version_of(call.body, 40097))


def square(call: Call) -> web.Response:
    return _counted(call, "qrcode", Look(_width(call.body)), "release")


def _counted(call: Call, kind: str, look: Look, version: str) -> web.Response:
    """Two interfaces share one limit for ever; the answer tells how much of it is gone."""
    codes = call.desk.mini_codes
    page, query = _path(call)
    if codes.counted >= COUNTED_CODES:
        raise PlatformError(45029)
    codes.counted += 1
    code = keep(call.desk, MiniCode("", kind, page, query, env_version=version))
    response = _drawn(code, look)
    response.headers["Num-Used"] = str(codes.counted)
    return response


def _drawn(code: MiniCode, look: Look) -> web.Response:
    return web.Response(body=picture(code.url, look), content_type=look.content_type)


def _scene(scene: str) -> str:
    if len(scene) > SCENE_LENGTH:
        raise PlatformError(40169)
    if not _SCENE.fullmatch(scene):
        raise PlatformError(40129)
    if RESERVED in scene:
        raise PlatformError(85096)
    return scene


def _page(call: Call) -> str:
    """Checked against the released version, unless the caller says that it may not be there yet."""
    page = call.body.get("page", "")
    if not isinstance(page, str) or page.startswith("/") or "?" in page or len(page.encode()) > PATH_BYTES:
        raise PlatformError(40097)
    if call.body.get("check_path", True) is not False:
        if not is_released(call, page):
            raise PlatformError(41030)
    elif page not in call.desk.mini_codes.loose_pages:
        if len(call.desk.mini_codes.loose_pages) >= LOOSE_PAGES:
            raise PlatformError(45009)
        call.desk.mini_codes.loose_pages[page] = True
    return page


def _path(call: Call) -> tuple[str, str]:
    """The page and its query."""
    path = string(call.body, "path")
    if not path or len(path.encode()) > PATH_BYTES:
        raise PlatformError(40159)
    if RESERVED in path:
        raise PlatformError(85096)
    page, _, query = path.removeprefix("/").partition("?")
    if not is_released(call, page):
        raise PlatformError(41030)
    return page, query


def is_released(call: Call, page: str) -> bool:
    """No page means the first one. An account that lists no pages has all of them."""
    return not page or not call.account.pages or page in call.account.pages


def version_of(body: JsonObject, errcode: int) -> str:
    version = body.get("env_version", "release")
    if not isinstance(version, str) or version not in VERSIONS:
        raise PlatformError(errcode)
    return version


def _look(body: JsonObject) -> Look:
    """auto_color may do what it likes here: black."""
    return Look(_width(body), _colour(body), body.get("is_hyaline") is True)


def _width(body: JsonObject) -> int:
    width = integer(body, "width") if "width" in body else Look().width
    if width not in WIDTHS:
        raise PlatformError(40097)
    return width or Look().width


def _colour(body: JsonObject) -> tuple[int, int, int]:
    """Numbers, which the documentation's sample writes as numbers and older ones as text."""
    if not body.get("line_color") or body.get("auto_color") is True:
        return Look().colour
    given = mapping(body, "line_color")
    red, green, blue = (_part(given.get(name, 0)) for name in _COLOURS)
    return red, green, blue


def _part(value: object) -> int:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= 255):
        raise PlatformError(40097)
    return int(text)
