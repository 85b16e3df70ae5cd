"""The gate before every platform interface: method, faults, credential, quota and body.

Behind it refusals become answers, and the call is written into the journal.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from simulator import quotas, tokens
from simulator.api.calls import Body, Call, Interface, Upload
from simulator.errors import PlatformError
from simulator.faults import Fault, FaultKind
from simulator.platform import Platform
from simulator.shapes import JsonObject, dump, parse_object
from simulator.traffic import Entry, Outcome
from simulator.world import Desk

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Struck = dict[FaultKind, Fault]

JSON_TYPE = "application/json; encoding=utf-8"
_UNTOUCHED: Struck = {}


def gate(platform: Platform, interface: Interface) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        started = time.perf_counter()
        raw, upload = await _read(request, interface)
        struck = platform.faults.striking(interface.path) if platform.faults else _UNTOUCHED
        if FaultKind.SLOW in struck:
            await asyncio.sleep(struck[FaultKind.SLOW].seconds)
        call = Call(platform, dict(request.query), raw, _base_url(request), platform.now(), upload=upload)
        response = _respond(request.method, interface, call, struck)
        _record(request, call, response, started, struck)
        if FaultKind.ANSWER_LOST in struck and request.transport is not None:
            request.transport.abort()  # it happened; the caller will never know
        return response

    return handle


def unknown(platform: Platform) -> Handler:
    """For paths that are no interface: whoever mistyped one finds it in the journal."""

    async def handle(request: web.Request) -> web.StreamResponse:
        started = time.perf_counter()
        call = Call(platform, dict(request.query), await request.read(), _base_url(request), platform.now())
        response = _json(PlatformError(40066).answer(), status=404)
        _record(request, call, response, started, _UNTOUCHED)
        return response

    return handle


def _base_url(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


async def _read(request: web.Request, interface: Interface) -> tuple[bytes, Upload | None]:
    if interface.body is not Body.FILE or not request.content_type.startswith("multipart/"):
        return (await request.read() if request.body_exists else b""), None
    try:
        part = (await request.post()).get("media")
    except ValueError:  # a broken multipart body carries no file
        return b"", None
    if not isinstance(part, web.FileField):
        return b"", None
    with part.file:
        content = part.file.read()
    return f"（上传 {part.filename}，{len(content)} 字节）".encode(), Upload(part.filename, content)


def _respond(method: str, interface: Interface, call: Call, struck: Struck) -> web.Response:
    if FaultKind.HTTP_502 in struck:
        return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
    answer = _answer(method, interface, call, struck)
    if isinstance(answer, web.Response):
        return answer
    return _json(_bent(answer, struck) if struck else answer)


def _answer(method: str, interface: Interface, call: Call, struck: Struck) -> JsonObject | web.Response:
    try:
        if FaultKind.ERRCODE in struck:
            raise PlatformError(struck[FaultKind.ERRCODE].errcode)
        _admit(method, interface, call, struck)
        answer = interface.run(call)
    except PlatformError as refused:
        return refused.answer()
    call.platform.world.changed()
    return answer


def _admit(method: str, interface: Interface, call: Call, struck: Struck) -> None:
    if method != interface.method:
        raise PlatformError(43002 if interface.method == "POST" else 43001)
    if interface.kinds:
        _identify(interface, call, FaultKind.TOKEN_INVALIDATED in struck)
    if interface.body is Body.JSON:
        call.body = _json_body(call.raw)


def _identify(interface: Interface, call: Call, invalidate: bool) -> None:
    world = call.platform.world
    token = call.query.get("access_token", "")
    app_id = tokens.account_of(world, token, call.now)
    call.caller = world.desks[app_id]
    if invalidate:
        tokens.invalidate(world, call.caller, call.now)
        raise PlatformError(40001)
    if call.account.kind not in interface.kinds:
        raise PlatformError(48001)
    _spend_quota(call.caller, interface.path, call.now)


def _spend_quota(desk: Desk, path: str, now: float) -> None:
    limit = quotas.DAILY.get(path)
    if limit is not None:
        quotas.spend_daily(desk, path, limit, now)


def _json_body(raw: bytes) -> JsonObject:
    try:
        return parse_object(raw)
    except ValueError as broken:
        raise PlatformError(47001) from broken


def _bent(answer: JsonObject, struck: Struck) -> JsonObject:
    """The answer in the odd forms that have been seen: without errcode, or with errcode as a string."""
    if FaultKind.NO_ERRCODE in struck:
        return {key: value for key, value in answer.items() if key not in {"errcode", "errmsg"}}
    if FaultKind.STRING_ERRCODE in struck:
        return answer | {"errcode": str(answer.get("errcode", 0))}
    return answer


def _json(answer: JsonObject, status: int = 200) -> web.Response:
    return web.Response(body=dump(answer), status=status, headers={"Content-Type": JSON_TYPE})


def _record(request: web.Request, call: Call, response: web.Response, started: float, struck: Struck) -> None:
    body = response.body if isinstance(response.body, bytes) else b""
    caller = call.account if call.caller else None
    lost = FaultKind.ANSWER_LOST in struck
    call.platform.note(
        Entry(
            kind="call",
            account=caller.name if caller else "",
            app_id=caller.app_id if caller else "",
            title=f"{request.method} {request.path}",
            method=request.method,
            url=request.path_qs,
            at=call.now,
            status=None if lost else response.status,
            ms=(time.perf_counter() - started) * 1000,
            outcome=Outcome.TIMEOUT if lost else _outcome(response, body),
            request_raw=call.raw,
            request_plain=call.raw,
            response_raw=body,
            response_plain=body,
            note="、".join(f"故障 {kind}" for kind in struck),
        )
    )


def _outcome(response: web.Response, body: bytes) -> Outcome:
    good = response.status == 200 and (b'"errcode":' not in body[:40] or body.startswith(b'{"errcode":0'))
    return Outcome.OK if good else Outcome.ERROR
