"""The controls of the pretended world: clock, faults, tokens, settings, URL verification, a new start."""

from aiohttp import web

from simulator import tokens
from simulator.clock import iso
from simulator.faults import Fault, FaultKind
from simulator.phone.door import Refused, body_of
from simulator.phone.visits import shown
from simulator.platform import Platform
from simulator.push.courier import verify
from simulator.shapes import JsonObject, integer, number, string
from simulator.world import Settings, start_again

TEN_YEARS = 10 * 366 * 86_400


async def clock(platform: Platform, _: web.Request) -> JsonObject:
    return {"now": iso(platform.now()), "offset": platform.clock.offset}


async def set_clock(platform: Platform, request: web.Request) -> JsonObject:
    body = await body_of(request)
    if body.get("reset") is True:
        platform.clock.reset()
    else:
        _advance(platform, number(body, "advance"))
    platform.world.clock_offset = platform.clock.offset
    platform.show_state()
    return await clock(platform, request)


def _advance(platform: Platform, seconds: float | None) -> None:
    if seconds is None or seconds < 0 or platform.clock.offset + seconds > TEN_YEARS:
        raise Refused("请给出要前进的秒数（不小于 0，合计不超过十年），或复位。")
    platform.clock.advance(seconds)


async def list_faults(platform: Platform, _: web.Request) -> JsonObject:
    return {"items": [fault.shown() for fault in platform.faults.listed()]}


async def add_fault(platform: Platform, request: web.Request) -> JsonObject:
    body = await body_of(request)
    path = string(body, "path")
    if path != "*" and not path.startswith("/"):
        raise Refused("path 应为接口路径，例如 /cgi-bin/message/custom/send，或 *。")
    if string(body, "fault") not in set(FaultKind):
        raise Refused(f"fault 应为 {'、'.join(FaultKind)} 之一。")
    _check_numbers(body)
    fault = platform.faults.add(path, FaultKind(string(body, "fault")))
    _adjust(fault, body)
    platform.show_state()
    return {"id": fault.id}


def _check_numbers(body: JsonObject) -> None:
    if not 0 <= (number(body, "rate") or 0) <= 1:
        raise Refused("rate 应在 0 到 1 之间。")
    if not 0 <= (number(body, "seconds") or 0) <= 120:
        raise Refused("seconds 应在 0 到 120 之间。")
    if body.get("times") is not None and (integer(body, "times") or 0) < 1:
        raise Refused("times 应为正整数，或不填。")


def _adjust(fault: Fault, body: JsonObject) -> None:
    fault.times = integer(body, "times")
    errcode, seconds, rate = integer(body, "errcode"), number(body, "seconds"), number(body, "rate")
    fault.errcode = fault.errcode if errcode is None else errcode
    fault.seconds = fault.seconds if seconds is None else seconds
    fault.rate = fault.rate if rate is None else rate


async def remove_fault(platform: Platform, request: web.Request) -> JsonObject:
    fault_id = request.match_info["fault_id"]
    if not (fault_id.isdecimal() and platform.faults.remove(int(fault_id))):
        raise Refused("没有这个故障。", 404)
    platform.show_state()
    return await list_faults(platform, request)


async def clear_faults(platform: Platform, request: web.Request) -> JsonObject:
    platform.faults.clear()
    platform.show_state()
    return await list_faults(platform, request)


async def invalidate_tokens(platform: Platform, request: web.Request) -> JsonObject:
    desk = platform.world.desks.get(string(await body_of(request), "app_id"))
    if desk is None:
        raise Refused("没有这个账号。", 404)
    tokens.invalidate(platform.world, desk, platform.now())
    platform.world.changed()
    return {"ok": True}


async def settings(platform: Platform, _: web.Request) -> JsonObject:
    current = platform.world.settings
    return {
        "retries": current.retries,
        "push_timeout": current.push_timeout,
        "used_code_errcode": current.used_code_errcode,
    }


async def change_settings(platform: Platform, request: web.Request) -> JsonObject:
    wished = await settings(platform, request) | await body_of(request)
    retries, used_code = integer(wished, "retries"), integer(wished, "used_code_errcode")
    timeout = number(wished, "push_timeout")
    if retries not in {2, 3} or used_code not in {40029, 40163}:
        raise Refused("retries 应为 2 或 3，used_code_errcode 应为 40029 或 40163。")
    if timeout is None or not 0.05 <= timeout <= 60:
        raise Refused("push_timeout 应在 0.05 到 60 秒之间。")
    platform.world.settings = Settings(retries, timeout, used_code)
    platform.world.changed()
    return await settings(platform, request)


async def verify_url(platform: Platform, request: web.Request) -> JsonObject:
    account = platform.accounts.get(request.match_info["app_id"])
    if account is None:
        raise Refused("没有这个账号。", 404)
    return await verify(platform, account)


async def reset(platform: Platform, _: web.Request) -> JsonObject:
    await platform.abandon()
    start_again(platform.world)
    platform.journal.clear()
    platform.show_state()
    return shown(None)


async def traffic(platform: Platform, request: web.Request) -> JsonObject:
    """Without `after`, or after 0: the latest ones. Always the oldest of them first."""
    after, limit = (_count(request, name, default) for name, default in (("after", 0), ("limit", 200)))
    limit = min(limit, 2_000)
    entries = platform.journal.after(after, limit) if after else platform.journal.latest(limit)
    return {"items": [entry.shown() for entry in entries]}


def _count(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdecimal() or len(text) > 15:
        raise Refused(f"{name} 应为整数。")
    return int(text)


async def clear_traffic(platform: Platform, _: web.Request) -> JsonObject:
    platform.journal.clear()
    return {"items": []}
