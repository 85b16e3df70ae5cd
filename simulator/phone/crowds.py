"""Many followers at once, who all just wrote: the audience of a load test."""

from dataclasses import replace

from aiohttp import web

from simulator.api.logins import new_code as new_login_code
from simulator.api.phones import new_code as new_phone_code
from simulator.phone.door import Refused, body_of
from simulator.platform import Platform
from simulator.shapes import JsonObject, integer, string, strings
from simulator.state import windows
from simulator.state.chats import Chat
from simulator.state.credits import Consent
from simulator.state.templates import LONG_TERM
from simulator.state.world import Desk, add_crowd

MOST = 300_000
MOST_CREDITS = 1_000


async def gather(platform: Platform, request: web.Request) -> JsonObject:
    body = await body_of(request)
    desk = platform.world.desks.get(string(body, "app_id"))
    count = integer(body, "count") or 0
    if desk is None:
        raise Refused("没有这个账号。", 404)
    if not 1 <= count <= MOST:
        raise Refused(f"count 应为 1 到 {MOST}。")
    consents = _consents(desk, body)
    chats = add_crowd(platform.world, desk, count)
    for chat in chats:
        chat.consents = {identity: replace(consent) for identity, consent in consents.items()}
        chat.subscription.at = platform.now()
        windows.note_interaction(chat, {"MsgType": "text"}, platform.now())
    return {"openids": [chat.openid for chat in chats], **_codes(desk, chats, body, platform.now())}


def _codes(desk: Desk, chats: list[Chat], body: JsonObject, now: float) -> JsonObject:
    """Each is at the mini-program, has logged in and pressed the phone-number button: the codes of both."""
    if body.get("arrive") is not True:
        return {}
    for chat in chats:
        chat.visited_at = now
    logins = [new_login_code(desk, chat.pid, now) for chat in chats]
    return {"login_codes": logins, "phone_codes": [new_phone_code(desk, chat.pid, now) for chat in chats]}


def _consents(desk: Desk, body: JsonObject) -> dict[str, Consent]:
    """What each of them agreed to receive: `credits` sends of every one of `template_ids`."""
    left, ids = integer(body, "credits") if "credits" in body else 1, strings(body, "template_ids")
    if left is None or not 1 <= left <= MOST_CREDITS:
        raise Refused(f"credits 应为 1 到 {MOST_CREDITS}。")
    if not set(ids) <= set(desk.notices):
        raise Refused("template_ids 里有这个账号没有的模板。", 404)
    return {identity: Consent(left, desk.notices[identity].type == LONG_TERM) for identity in ids}
