"""Faults over HTTP: which there are, which are set, and taking them away again."""

from aiohttp import web

from simulator.errors import ERRORS
from simulator.faults import EVERYTHING, ON_CALLS, ON_PUSHES, PUSH, Fault, FaultKind
from simulator.phone.door import Refused, body_of
from simulator.platform import Platform
from simulator.shapes import JsonObject, integer, number, string

LONGEST = 120

# What the page says of each: what the caller sees, and whether the thing was done.
_CALLS = {
    FaultKind.ANSWER_LOST: ("受理了，但回答丢了", "已经办了，连接随即断开：最能检验会不会重复发送"),
    FaultKind.HANG_AFTER: ("受理了，但一直不回答", "已经办了，连接不断，直到对方超时或撤掉故障"),
    FaultKind.ERRCODE: ("返回错误码", "没有办，回答这个 errcode"),
    FaultKind.SLOW: ("回答慢", "先等这么多秒，再照常办理和回答"),
    FaultKind.HTTP_502: ("HTTP 502", "没有办，回答一页 502 的网页"),
    FaultKind.HTML: ("回答一页网页", "没有办，状态 200，却是上网认证的网页"),
    FaultKind.REFUSED: ("断开连接", "没有办，连接直接断开"),
    FaultKind.HANG: ("一直不回答", "没有办，连接不断，直到对方超时或撤掉故障"),
    FaultKind.TRUNCATED: ("回答只有一半", "已经办了，JSON 只到一半"),
    FaultKind.TOKEN_INVALIDATED: ("令牌被别处刷新", "没有办，回答 40001，已发出的令牌全部作废"),
    FaultKind.NO_ERRCODE: ("回答不带 errcode", "已经办了，回答里没有 errcode"),
    FaultKind.STRING_ERRCODE: ("errcode 是文字", "已经办了，errcode 写成文字"),
}
_PUSHES = {
    FaultKind.DUPLICATE: ("推送两次", "同一时刻送到两份"),
    FaultKind.DELAY: ("推送晚到", "先等这么多秒再送"),
    FaultKind.REORDER: ("推送乱序", "排到该账号的下一条推送之后，没有下一条则一分钟后送"),
    FaultKind.WRONG_SIGNATURE: ("签名不对", "这次推送的签名是错的，重推的是真的"),
    FaultKind.WRONG_APPID: ("appid 不对", "这次推送是别的账号的，重推的是真的"),
}


async def kinds(_: Platform, __: web.Request) -> JsonObject:
    """What can be set, for a page or a person to choose from."""
    return {
        "calls": [_kind(kind, *texts) for kind, texts in _CALLS.items()],
        "pushes": [_kind(kind, *texts) for kind, texts in _PUSHES.items()],
        "errcodes": [{"errcode": errcode, "errmsg": ERRORS[errcode]} for errcode in sorted(ERRORS)],
    }


def _kind(kind: FaultKind, title: str, about: str) -> JsonObject:
    return {"fault": kind, "title": title, "about": about}


async def listed(platform: Platform, _: web.Request) -> JsonObject:
    return {"items": [fault.shown() for fault in platform.faults.listed()]}


async def add(platform: Platform, request: web.Request) -> JsonObject:
    fault = set_fault(platform, await body_of(request))
    platform.show_state()
    return {"id": fault.id}


def set_fault(platform: Platform, body: JsonObject) -> Fault:
    path, kind = string(body, "path"), string(body, "fault")
    if path not in {EVERYTHING, PUSH} and not path.startswith("/"):
        raise Refused("path 应为接口路径，例如 /cgi-bin/message/custom/send，或 *（所有接口），或 push（推送）。")
    fitting = [one.value for one in FaultKind if one in (ON_PUSHES if path == PUSH else ON_CALLS)]
    if kind not in fitting:
        raise Refused(f"fault 应为 {'、'.join(fitting)} 之一。")
    _check_numbers(body)
    _check_target(platform, body)
    return platform.faults.add(path, FaultKind(kind), **_given(body))


def _check_numbers(body: JsonObject) -> None:
    if not 0 <= _of(body, "rate", 1) <= 1:
        raise Refused("rate 应在 0 到 1 之间。")
    if not 0 <= _of(body, "seconds", 0) <= LONGEST:
        raise Refused(f"seconds 应在 0 到 {LONGEST} 之间。")
    if body.get("errcode") is not None and integer(body, "errcode") is None:
        raise Refused("errcode 应为整数，或不填。")
    if body.get("times") is not None and (integer(body, "times") or 0) < 1:
        raise Refused("times 应为正整数，或不填。")


def _of(body: JsonObject, key: str, default: float) -> float:
    """What is no number comes out below every bound."""
    value = default if body.get(key) is None else number(body, key)
    return -1 if value is None else value


def _check_target(platform: Platform, body: JsonObject) -> None:
    app_id = body.get("app_id") or ""
    if app_id and (not isinstance(app_id, str) or app_id not in platform.accounts):
        raise Refused("没有这个账号。", 404)
    if not isinstance(body.get("openid") or "", str):
        raise Refused("openid 应为文字，或不填。")


def _given(body: JsonObject) -> dict[str, object]:
    names = ("errcode", "seconds", "times", "rate", "app_id", "openid")
    return {name: body[name] for name in names if body.get(name) is not None}


async def remove(platform: Platform, request: web.Request) -> JsonObject:
    fault_id = request.match_info["fault_id"]
    if not (fault_id.isdecimal() and len(fault_id) < 16 and platform.faults.remove(int(fault_id))):
        raise Refused("没有这个故障。", 404)
    platform.show_state()
    return await listed(platform, request)


async def clear(platform: Platform, request: web.Request) -> JsonObject:
    platform.faults.clear()
    platform.show_state()
    return await listed(platform, request)
