"""What a person writes into a chat (text, picture, voice, place, link, choice), and her reading."""

from aiohttp import web

from simulator.phone.door import Refused, body_of, required
from simulator.phone.files import file_of, keep_picture, keep_voice
from simulator.phone.visits import Visit, shown, visit_of
from simulator.platform import Platform
from simulator.push import fields
from simulator.push.conversation import end_agent, end_stale_agent
from simulator.shapes import JsonObject, number, string
from simulator.state.chats import Kind, Message
from simulator.state.media import media_path
from simulator.state.menus import menu_for


async def text(platform: Platform, request: web.Request) -> JsonObject:
    visit = visit_of(platform, request)
    content = required(await body_of(request), "content", "要发送的文字")
    return shown(visit.write(Kind.TEXT, {"content": content}, fields.text(content)))


async def image(platform: Platform, request: web.Request) -> JsonObject:
    visit = visit_of(platform, request)
    return shown(send_picture(visit, await file_of(request)))


def send_picture(visit: Visit, content: bytes) -> Message:
    visit.demand_following()
    path = media_path(media_id := keep_picture(visit, content))
    return visit.write(Kind.IMAGE, {"url": path}, fields.image(visit.base_url + path, media_id))


async def voice(platform: Platform, request: web.Request) -> JsonObject:
    visit = visit_of(platform, request)
    visit.demand_following()
    recording = keep_voice(visit, await file_of(request))
    content = {"url": media_path(recording.id)}
    return shown(visit.write(Kind.VOICE, content, fields.voice(recording.id, recording.id, recording.format)))


async def location(platform: Platform, request: web.Request) -> JsonObject:
    return shown(send_location(visit_of(platform, request), await body_of(request)))


def send_location(visit: Visit, body: JsonObject) -> Message:
    latitude, longitude, label = place_of(body)
    content = {"latitude": latitude, "longitude": longitude, "label": label}
    return visit.write(Kind.LOCATION, content, fields.location(latitude, longitude, label))


def place_of(body: JsonObject) -> tuple[float, float, str]:
    """WGS84 degrees and the place's name."""
    latitude, longitude = number(body, "latitude"), number(body, "longitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        raise Refused("位置不对：纬度应在 -90 到 90 之间，经度应在 -180 到 180 之间。")
    return latitude, longitude, string(body, "label")[:200]


async def link(platform: Platform, request: web.Request) -> JsonObject:
    visit = visit_of(platform, request)
    body = await body_of(request)
    url = required(body, "url", "链接地址")
    if not url.startswith(("http://", "https://")):
        raise Refused("链接应以 http:// 或 https:// 开头。")
    content = {"title": string(body, "title") or url, "description": string(body, "description"), "url": url}
    pushed = fields.link(content["title"], content["description"], url)
    return shown(visit.write(Kind.LINK, content, pushed))


async def msgmenu(platform: Platform, request: web.Request) -> JsonObject:
    """She taps an item of a list that the account sent."""
    visit = visit_of(platform, request)
    body = await body_of(request)
    item_id, content = required(body, "id", "选项编号"), required(body, "content", "选项")
    return shown(visit.write(Kind.TEXT, {"content": content}, fields.menu_text(item_id, content)))


async def chat(platform: Platform, request: web.Request) -> JsonObject:
    visit = visit_of(platform, request)
    end_stale_agent(platform, visit.account, visit.chat)
    menu = menu_for(visit.desk, visit.chat, visit.person.client)
    shown_now = {
        "openid": visit.chat.openid,
        "menu": menu.buttons if menu else [],
        "messages": [message.shown() for message in visit.chat.messages],
    }
    return visit.chat.standing(platform.now()) | shown_now


async def read(platform: Platform, request: web.Request) -> JsonObject:
    visit_of(platform, request).chat.unread = 0
    platform.world.changed()
    return shown(None)


async def end_agent_session(platform: Platform, request: web.Request) -> JsonObject:
    visit = visit_of(platform, request)
    if not visit.chat.agent_until:
        raise Refused("现在没有人工会话。", 409)
    end_agent(platform, visit.account, visit.chat)
    return shown(None)
