"""What each person of an account was shown by it: for tests that count messages of a whole crowd."""

from collections import Counter

from aiohttp import web

from simulator.phone.door import Refused
from simulator.platform import Platform
from simulator.shapes import JsonObject
from simulator.state.chats import By


async def received(platform: Platform, request: web.Request) -> JsonObject:
    """Kind of message → openid → how many. Who got none is not there; of a long chat only what it keeps counts."""
    desk = platform.world.desks.get(request.match_info["app_id"])
    if desk is None:
        raise Refused("没有这个账号。", 404)
    counts = Counter(
        (message.kind, chat.openid)
        for chat in desk.chats.values()
        for message in chat.messages
        if message.by is By.ACCOUNT
    )
    items: dict[str, dict[str, int]] = {}
    for (kind, openid), number in counts.items():
        items.setdefault(kind, {})[openid] = number
    return {"items": items}
