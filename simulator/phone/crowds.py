"""Many followers at once, who all just wrote: the audience of a load test."""

from aiohttp import web

from simulator import windows
from simulator.phone.door import Refused, body_of
from simulator.platform import Platform
from simulator.shapes import JsonObject, integer, string
from simulator.world import add_crowd

MOST = 300_000


async def gather(platform: Platform, request: web.Request) -> JsonObject:
    body = await body_of(request)
    desk = platform.world.desks.get(string(body, "app_id"))
    count = integer(body, "count") or 0
    if desk is None:
        raise Refused("没有这个账号。", 404)
    if not 1 <= count <= MOST:
        raise Refused(f"count 应为 1 到 {MOST}。")
    chats = add_crowd(platform.world, desk, count)
    for chat in chats:
        chat.subscription.at = platform.now()
        windows.note_interaction(chat, {"MsgType": "text"}, platform.now())
    return {"openids": [chat.openid for chat in chats]}
