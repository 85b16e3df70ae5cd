"""What a fault does to a call of an interface: before it is done, to its answer, and to the connection."""

import asyncio
import contextlib

from aiohttp import web

from simulator.api.calls import Call
from simulator.faults import ON_CALLS, Fault, FaultKind, Struck, Target
from simulator.shapes import JsonObject, dump, parse_object

UNTOUCHED: Struck = {}
BAD_GATEWAY = "<html><h1>502 Bad Gateway</h1></html>"
CAPTIVE = "<html><head><title>上网认证</title></head><body><h1>请先登录网络</h1></body></html>"
# The caller hears nothing: nothing is done in the first two, all is done in the others.
UNANSWERED = frozenset({FaultKind.REFUSED, FaultKind.HANG, FaultKind.ANSWER_LOST, FaultKind.HANG_AFTER})
HANGING = (FaultKind.HANG, FaultKind.HANG_AFTER)
LOOK_SECONDS = 0.5  # how often a hanging call looks whether its caller is still there


def struck_by(call: Call, path: str) -> Struck:
    faults = call.platform.faults
    if not faults.concern(path):
        return UNTOUCHED
    return faults.striking(path, _target(call), ON_CALLS)


def _target(call: Call) -> Target:
    """Read from what was sent, before anything of it is checked."""
    body = _loose_body(call.raw)
    token = call.platform.world.tokens.get(call.query.get("access_token", ""))
    app_id = token.app_id if token else call.query.get("appid") or body.get("appid")
    named = (body.get("touser"), body.get("openid"), body.get("openid_list"), call.query.get("openid"))
    openids = (one for value in named for one in (value if isinstance(value, list) else [value]))
    return Target(str(app_id or ""), frozenset(one for one in openids if isinstance(one, str)))


def _loose_body(raw: bytes) -> JsonObject:
    if raw.startswith(b"{"):
        with contextlib.suppress(ValueError):  # whoever runs the interface answers that
            return parse_object(raw)
    return {}


def instead(struck: Struck) -> web.Response | None:
    """The answer when nothing is done at all."""
    if FaultKind.REFUSED in struck or FaultKind.HANG in struck:
        return web.Response()  # nobody will see it
    if FaultKind.HTTP_502 in struck:
        return web.Response(status=502, text=BAD_GATEWAY, content_type="text/html")
    if FaultKind.HTML in struck:
        return web.Response(text=CAPTIVE, content_type="text/html")
    return None


def bent(answer: JsonObject, struck: Struck) -> JsonObject:
    """The answer in the odd forms that have been seen: without errcode, or with errcode as a string."""
    if FaultKind.NO_ERRCODE in struck:
        return {key: value for key, value in answer.items() if key not in {"errcode", "errmsg"}}
    if FaultKind.STRING_ERRCODE in struck:
        return answer | {"errcode": str(answer.get("errcode", 0))}
    return answer


def written(answer: JsonObject, struck: Struck) -> bytes:
    whole = dump(bent(answer, struck))
    return whole[: len(whole) // 2] if FaultKind.TRUNCATED in struck else whole


async def loiter(fault: Fault) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(fault.seconds):
            await fault.gone.wait()


async def break_off(request: web.Request, struck: Struck) -> None:
    """Ends the connection without an answer, at once or when the fault is taken away."""
    for kind in HANGING:
        if kind in struck:
            await _hang(request, struck[kind])
    if request.transport is not None:
        request.transport.abort()


async def _hang(request: web.Request, fault: Fault) -> None:
    while not fault.gone.is_set() and _is_there(request):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await fault.gone.wait()


def _is_there(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()
