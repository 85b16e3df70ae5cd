"""What a test changes about an account while the program runs: its daily limits, and who may call."""

from aiohttp import web

from simulator.accounts import AccountsError, check_addresses
from simulator.phone.door import Refused, body_of
from simulator.platform import Platform
from simulator.shapes import JsonObject, integer, string, strings
from simulator.state import quotas
from simulator.state.world import Desk

HIGHEST_LIMIT = 1_000_000_000
MINIPROGRAM_ENTRIES = 10


async def limit(platform: Platform, request: web.Request) -> JsonObject:
    """`daily` null: back to the standard."""
    desk, body = _desk(platform, request), await body_of(request)
    path, daily = string(body, "path"), integer(body, "daily")
    if path not in platform.paths:
        raise Refused("path 应为接口路径，例如 /cgi-bin/message/custom/send。")
    if body.get("daily") is None:
        desk.limits.pop(path, None)
    elif daily is None or not 1 <= daily <= HIGHEST_LIMIT:
        raise Refused(f"daily 应为 1 到 {HIGHEST_LIMIT} 的整数，或为空。")
    else:
        desk.limits[path] = daily
    platform.world.changed()
    return {"path": path, "daily": quotas.limit_of(desk, path)}


async def addresses(platform: Platform, request: web.Request) -> JsonObject:
    """`allowed` null: as the accounts file says; an empty list: everybody."""
    desk, body = _desk(platform, request), await body_of(request)
    entries = strings(body, "allowed")
    if body.get("allowed") is not None and not isinstance(body["allowed"], list):
        raise Refused("allowed 应为地址的列表，或为空。")
    if not desk.official and len(entries) > MINIPROGRAM_ENTRIES:
        raise Refused(f"小程序最多 {MINIPROGRAM_ENTRIES} 个地址。")
    try:
        check_addresses(desk.app_id, entries)
    except AccountsError as wrong:
        raise Refused(str(wrong)) from wrong
    desk.addresses = None if body.get("allowed") is None else entries
    platform.world.changed()
    return {"allowed": desk.addresses}


def _desk(platform: Platform, request: web.Request) -> Desk:
    desk = platform.world.desks.get(request.match_info["app_id"])
    if desk is None:
        raise Refused("没有这个账号。", 404)
    return desk
