"""Following, scanning and leaving an account; entering a mini-program's service conversation."""

from aiohttp import web

from simulator.phone.door import Refused, body_of
from simulator.phone.minis import opened_by
from simulator.phone.visits import Visit, shown, visit_of
from simulator.platform import Platform
from simulator.push import fields
from simulator.push.conversation import end_agent
from simulator.shapes import JsonObject, string
from simulator.state import windows
from simulator.state.chats import Subscription
from simulator.state.qrcodes import expired, find, for_scene, loose_ticket
from simulator.state.records import QrCode

SCENE_LENGTH = 64


async def follow(platform: Platform, request: web.Request) -> JsonObject:
    visit = visit_of(platform, request)
    visit.demand_official()
    body = await body_of(request)
    scene, ticket = string(body, "scene"), string(body, "ticket")
    if len(scene) > SCENE_LENGTH:
        raise Refused(f"场景最多 {SCENE_LENGTH} 个字。")
    code = find(visit.desk, ticket) if ticket else for_scene(visit.desk, scene, platform.now())
    if ticket and code is None:
        raise Refused("没有这个二维码。", 404)
    if visit.chat.following and not (scene or code):
        raise Refused("已经关注了这个公众号。", 409)
    return arrive(visit, code.scene if code else scene, code)


async def scan(platform: Platform, request: web.Request) -> JsonObject:
    """A code leads to its own account or mini-program, whichever chat is open; all else goes to the page."""
    visit = visit_of(platform, request)
    text = string(await body_of(request), "text").strip()
    if not text:
        raise Refused("二维码里没有内容。")
    for desk in platform.world.desks.values():
        if code := find(desk, text):
            return arrive(visit.at(desk.app_id), code.scene, code)
    return opened_by(visit, text) or shown(None, open=text)


async def unfollow(platform: Platform, request: web.Request) -> JsonObject:
    visit = visit_of(platform, request)
    visit.demand_official()
    visit.demand_following()
    if visit.chat.agent_until:
        end_agent(platform, visit.account, visit.chat)
    visit.chat.following = False
    windows.close(visit.chat)
    return shown(visit.event("取消了关注", fields.event("unsubscribe")))


async def enter(platform: Platform, request: web.Request) -> JsonObject:
    """Opens the service conversation of a mini-program, as its contact button does."""
    visit = visit_of(platform, request)
    if visit.account.official:
        raise Refused("公众号没有这个功能。", 409)
    session_from = string(await body_of(request), "session_from")
    return shown(visit.event("进入了客服会话", fields.enter_session(session_from)))


def arrive(visit: Visit, scene: str, code: QrCode | None) -> JsonObject:
    if code and expired(code, visit.platform.now()):
        raise Refused("这个二维码已过期。", 410)
    ticket = code.ticket if code else loose_ticket()
    if visit.chat.following:
        return shown(visit.event(f"扫了二维码（场景 {scene}）", fields.scan(scene, ticket)))
    visit.chat.following, visit.chat.blocked = True, False
    visit.chat.subscription = _subscription(visit.platform.now(), scene, code)
    text = f"扫码关注了公众号（场景 {scene}）" if scene else "关注了公众号"
    return shown(visit.event(text, fields.subscribe(scene, ticket)))


def _subscription(now: float, scene: str, code: QrCode | None) -> Subscription:
    """qrscene_<scene> is told as a number or as a text, as the code was made."""
    if not scene:
        return Subscription(now, "ADD_SCENE_SEARCH")
    numeric = scene.isdecimal() if code is None else "STR" not in code.action
    if numeric:
        return Subscription(now, "ADD_SCENE_QR_CODE", qr_scene=int(scene))
    return Subscription(now, "ADD_SCENE_QR_CODE", qr_scene_str=scene)
