"""What the platform accepts as a menu (protocol §6), with the error code of each rule.

https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from simulator.errors import PlatformError
from simulator.shapes import JsonObject, objects, string

KEY_BYTES = 128
URL_BYTES = 1_024

_KEYED = {
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
}
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")


@dataclass(frozen=True, slots=True)
class Level:
    """The limits of the bar or of a sub-menu, and the codes when they are broken."""

    most: int
    name_bytes: int
    bad_count: int
    bad_type: int
    bad_name: int
    bad_key: int
    bad_url: int
    bad_domain: int


@dataclass(frozen=True, slots=True)
class Known:
    """What else must exist for a button to be accepted."""

    has_media: Callable[[str], bool]
    is_linked: Callable[[str], bool]
    has_article: Callable[[str], bool]


BAR = Level(3, 16, 40016, 40017, 40018, 40019, 40020, 40055)
SUB_MENU = Level(5, 60, 40023, 40024, 40025, 40026, 40027, 40054)


def has_escapes(raw: bytes) -> bool:
    r"""Whether the body writes characters as \uXXXX, which the platform refuses in menus."""
    return bool(_ESCAPED.search(raw))


def checked(body: JsonObject, known: Known) -> list[JsonObject]:
    """The buttons as menu/get returns them, each with sub_button. Raises the code of the first fault."""
    buttons = objects(body, "button")
    _check_count(buttons, BAR)
    return [_bar_button(button, known) for button in buttons]


def _bar_button(button: JsonObject, known: Known) -> JsonObject:
    below = objects(button, "sub_button")
    if not below:
        return _leaf(button, BAR, known) | {"sub_button": []}
    _check_name(button, BAR)
    _check_count(below, SUB_MENU)
    if any(item.get("sub_button") for item in below):
        raise PlatformError(40022)
    leaves = [_leaf(item, SUB_MENU, known) | {"sub_button": []} for item in below]
    return {"name": string(button, "name"), "sub_button": leaves}


def _leaf(button: JsonObject, level: Level, known: Known) -> JsonObject:
    _check_name(button, level)
    kind = string(button, "type")
    if kind in _KEYED:
        _check_size(string(button, "key"), KEY_BYTES, level.bad_key)
    elif kind in _CHECKS:
        _CHECKS[kind](button, level, known)
    else:
        raise PlatformError(level.bad_type)
    names = ("type", "name", "key", "url", "media_id", "appid", "pagepath", "article_id")
    return {name: string(button, name) for name in names if string(button, name)}


def _check_count(buttons: list[JsonObject], level: Level) -> None:
    if not 1 <= len(buttons) <= level.most:
        raise PlatformError(level.bad_count)


def _check_name(button: JsonObject, level: Level) -> None:
    _check_size(string(button, "name"), level.name_bytes, level.bad_name)


def _check_size(text: str, most: int, errcode: int) -> None:
    if not 1 <= len(text.encode()) <= most:
        raise PlatformError(errcode)


def _check_url(button: JsonObject, level: Level, _: Known) -> None:
    url = string(button, "url")
    _check_size(url, URL_BYTES, level.bad_url)
    if not _is_web_address(url):
        raise PlatformError(level.bad_domain)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _check_miniprogram(button: JsonObject, level: Level, known: Known) -> None:
    """The url is the fallback for old clients and must be there."""
    _check_url(button, level, known)
    if not string(button, "pagepath"):
        raise PlatformError(40165)
    if not known.is_linked(string(button, "appid")):
        raise PlatformError(45064)


def _check_media(button: JsonObject, _: Level, known: Known) -> None:
    if not known.has_media(string(button, "media_id")):
        raise PlatformError(40007)


def _check_article(button: JsonObject, _: Level, known: Known) -> None:
    if not string(button, "article_id"):
        raise PlatformError(40007)
    if not known.has_article(string(button, "article_id")):
        raise PlatformError(53600)


def _check_old_article(button: JsonObject, _: Level, __: Known) -> None:
    """view_limited named articles of the old kind of material, which is gone: any id counts."""
    if not string(button, "media_id"):
        raise PlatformError(40007)


_CHECKS: dict[str, Callable[[JsonObject, Level, Known], None]] = {
    "view": _check_url,
    "miniprogram": _check_miniprogram,
    "media_id": _check_media,
    "view_limited": _check_old_article,
    "article_id": _check_article,
    "article_view_limited": _check_article,
}
