"""The controls of the pretended world: clock, tokens, URL verification, a new start.

The settings are in phone/settings.py: a new field of `Settings` needs at most a row of its RULES.
"""

from aiohttp import web

from simulator.clock import iso
from simulator.phone.door import Refused, body_of
from simulator.phone.visits import shown
from simulator.platform import Platform
from simulator.push.courier import verify
from simulator.shapes import JsonObject, number, string
from simulator.state import tokens
from simulator.state.world import start_again

TEN_YEARS = 10 * 366 * 86_400


async def clock(platform: Platform, _: web.Request) -> JsonObject:
    return {"now": iso(platform.now()), "offset": platform.clock.offset}


async def set_clock(platform: Platform, request: web.Request) -> JsonObject:
    body = await body_of(request)
    if body.get("reset") is True:
        reset_clock(platform)
    else:
        _advance(platform, number(body, "advance"))
    platform.show_state()
    return await clock(platform, request)


def reset_clock(platform: Platform) -> None:
    platform.world.agenda.postpone(-platform.clock.offset)
    platform.clock.reset()
    _clock_moved(platform)


def _clock_moved(platform: Platform) -> None:
    platform.world.clock_offset = platform.clock.offset
    platform.agenda_changed.set()


def _advance(platform: Platform, seconds: float | None) -> None:
    if seconds is None or seconds < 0 or platform.clock.offset + seconds > TEN_YEARS:
        raise Refused("请给出要前进的秒数（不小于 0，合计不超过十年），或复位。")
    platform.clock.advance(seconds)
    _clock_moved(platform)


async def invalidate_tokens(platform: Platform, request: web.Request) -> JsonObject:
    desk = platform.world.desks.get(string(await body_of(request), "app_id"))
    if desk is None:
        raise Refused("没有这个账号。", 404)
    tokens.invalidate(platform.world, desk, platform.now())
    platform.world.changed()
    return {"ok": True}


async def verify_url(platform: Platform, request: web.Request) -> JsonObject:
    account = platform.accounts.get(request.match_info["app_id"])
    if account is None:
        raise Refused("没有这个账号。", 404)
    return await verify(platform, account)


async def reset(platform: Platform, _: web.Request) -> JsonObject:
    """重新开始; also of the scene and the faults, with the calls that hang by them."""
    platform.stage.end()
    platform.faults.clear()
    await begin_again(platform)
    platform.show_state()
    return shown(None)


async def begin_again(platform: Platform) -> None:
    platform.world.agenda.clear()  # before the wait, or its pushes would go out meanwhile
    await platform.abandon()
    start_again(platform.world)
    platform.journal.clear()
