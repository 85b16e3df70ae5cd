"""Pressing a button of the account's menu: each type does what the real client does (protocol §2.2, §6)."""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from simulator.phone.door import Refused, body_of
from simulator.phone.files import files_of
from simulator.phone.visits import Visit, shown, visit_of
from simulator.phone.writing import place_of, send_location, send_picture
from simulator.platform import Platform
from simulator.push import fields
from simulator.shapes import JsonObject, integer, mapping, string
from simulator.state.chats import By, Kind
from simulator.state.drafts import card
from simulator.state.media import decode_data_url, media_path
from simulator.state.menus import menu_for

MOST_PICTURES = 9


@dataclass(frozen=True, slots=True)
class Press:
    visit: Visit
    button: JsonObject
    menu_id: int
    body: JsonObject
    pictures: list[bytes] = field(default_factory=list)

    @property
    def type(self) -> str:
        return string(self.button, "type")

    @property
    def key(self) -> str:
        return string(self.button, "key")

    @property
    def text(self) -> str:
        return f"点了菜单「{string(self.button, 'name')}」"


async def press(platform: Platform, request: web.Request) -> JsonObject:
    visit = visit_of(platform, request)
    visit.demand_official()
    visit.demand_following()
    body, pictures = await _payload(request)
    menu = menu_for(visit.desk, visit.chat, visit.person.client)
    button = _button(menu.buttons if menu else [], body.get("path"))
    run = _PRESSES.get(string(button, "type"))
    if menu is None or run is None:
        raise Refused("这个菜单按钮按不了。", 409)
    return run(Press(visit, button, menu.id, body, pictures))


def _button(buttons: list[JsonObject], path: object) -> JsonObject:
    """Follows [i] or [i, j]; a button that only opens its sub-menu causes nothing and cannot be pressed."""
    if not isinstance(path, list) or len(path) not in {1, 2}:
        raise Refused("菜单位置应为一到两个数字。")
    button: JsonObject = {"sub_button": buttons}
    for index in path:
        below = button.get("sub_button") or []
        if not isinstance(index, int) or not 0 <= index < len(below):
            raise Refused("没有这个菜单按钮。", 404)
        button = below[index]
    return button


async def _payload(request: web.Request) -> tuple[JsonObject, list[bytes]]:
    """JSON, or a form with `path` as JSON and the pictures as `file`."""
    if request.content_type.startswith("multipart/"):
        pictures = await files_of(request)
        path = (await request.post()).get("path")
        return {"path": _parsed(path)}, pictures
    body = await body_of(request)
    return body, _decoded(body.get("images"))


def _parsed(path: object) -> object:
    try:
        return json.loads(path) if isinstance(path, str) else None
    except ValueError:
        return None  # _button says what is wrong with it


def _decoded(images: object) -> list[bytes]:
    try:
        return [decode_data_url(image) for image in images] if isinstance(images, list) else []
    except (ValueError, AttributeError) as broken:
        raise Refused("图片内容读不出来。") from broken


def _click(press: Press) -> JsonObject:
    return shown(press.visit.event(press.text, fields.event("CLICK", press.key)))


def _view(press: Press) -> JsonObject:
    url = string(press.button, "url")
    return shown(press.visit.event(press.text, fields.view("VIEW", url, press.menu_id)), open=url)


def _miniprogram(press: Press) -> JsonObject:
    path = string(press.button, "pagepath")
    target = {"appid": string(press.button, "appid"), "pagepath": path}
    message = press.visit.event(press.text, fields.view("view_miniprogram", path, press.menu_id))
    return shown(message, miniprogram=target)


def _scan(press: Press) -> JsonObject:
    """scancode_push lets the client open the result; scancode_waitmsg leaves it to the account."""
    result = string(mapping(press.body, "scan") or press.body, "text")
    if not result:
        raise Refused("请先扫一个码。")
    message = press.visit.event(press.text, fields.scanned(press.type, press.key, result))
    return shown(message, open=result) if press.type == "scancode_push" else shown(message)


def _pictures(press: Press) -> JsonObject:
    """The event first, then the pictures as messages: from this request, or sent by the page one by one."""
    digests = [hashlib.md5(one, usedforsecurity=False).hexdigest() for one in press.pictures]
    digests = digests or [secrets.token_hex(16) for _ in range(_announced(press.body))]
    if not digests:
        raise Refused("请先选择照片。")
    message = press.visit.event(press.text, fields.pictures(press.type, press.key, digests))
    for picture in press.pictures:
        send_picture(press.visit, picture)
    return shown(message)


def _announced(body: JsonObject) -> int:
    return max(0, min(integer(mapping(body, "pictures"), "count") or 0, MOST_PICTURES))


def _location(press: Press) -> JsonObject:
    """The event first, the location message after it."""
    body = mapping(press.body, "location") or press.body
    place = place_of(body)
    message = press.visit.event(press.text, fields.chosen_location(press.key, *place))
    send_location(press.visit, body)
    return shown(message)


def _media(press: Press) -> JsonObject:
    """The platform itself sends the file; the account's server hears nothing."""
    visit = press.visit
    media = visit.platform.media.get(string(press.button, "media_id"))
    if media is None:
        raise Refused("这个菜单的素材已经没有了。", 410)
    kind = Kind(media.type) if media.type in set(Kind) else Kind.IMAGE
    return shown(visit.platform.say(visit.desk, visit.chat, By.ACCOUNT, kind, {"url": media_path(media.id)}))


def _article(press: Press) -> JsonObject:
    """Sent by the platform as well. The articles of view_limited are gone: their card shows the id."""
    visit = press.visit
    published = visit.desk.published.get(string(press.button, "article_id"))
    articles = [card(article) for article in published.articles if not article.get("is_deleted")] if published else []
    if published and not articles:
        raise Refused("这篇文章已经删除了。", 410)
    content = {"articles": articles[:1] or [_old_card(press.button)]}
    return shown(visit.platform.say(visit.desk, visit.chat, By.ACCOUNT, Kind.NEWS, content))


def _old_card(button: JsonObject) -> JsonObject:
    texts = {"title": string(button, "name"), "description": string(button, "media_id")}
    return texts | {"picurl": "", "url": ""}


_PRESSES: dict[str, Callable[[Press], JsonObject]] = {
    "click": _click,
    "view": _view,
    "miniprogram": _miniprogram,
    "scancode_push": _scan,
    "scancode_waitmsg": _scan,
    "pic_sysphoto": _pictures,
    "pic_photo_or_album": _pictures,
    "pic_weixin": _pictures,
    "location_select": _location,
    "media_id": _media,
    "view_limited": _article,
    "article_id": _article,
    "article_view_limited": _article,
}
