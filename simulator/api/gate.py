"""The gate before every platform interface: method, faults, credential, quota and body.

Behind it refusals become answers, and the call is written into the journal.
"""

import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from simulator.api.calls import Body, Call, Interface, Upload
from simulator.api.rights import demand_address, demand_certificate, owner_of
from simulator.api.trouble import UNANSWERED, UNTOUCHED, break_off, instead, loiter, struck_by, written
from simulator.errors import PlatformError
from simulator.faults import FaultKind, Struck
from simulator.platform import Platform
from simulator.rids import BYTES_KEPT, Trace
from simulator.shapes import JsonObject, dump, parse_object
from simulator.state import quotas, tokens
from simulator.traffic import Entry, Outcome

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

JSON_TYPE = "application/json; encoding=utf-8"


def gate(platform: Platform, interface: Interface) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        started = time.perf_counter()
        raw, upload = await _read(request, interface)
        call = _call(platform, request, raw)
        call.upload = upload
        struck = struck_by(call, interface.path) if platform.faults else UNTOUCHED
        if FaultKind.SLOW in struck:
            await loiter(struck[FaultKind.SLOW])
            call.now = platform.now()
        response = _respond(request.method, interface, call, struck)
        _record(request, call, response, started, struck)
        if struck and UNANSWERED & struck.keys():
            await break_off(request, struck)
        return response

    return handle


def unknown(platform: Platform) -> Handler:
    """For paths that are no interface: whoever mistyped one finds it in the journal."""

    async def handle(request: web.Request) -> web.StreamResponse:
        started = time.perf_counter()
        call = _call(platform, request, await request.read())
        response = _json(dump(PlatformError(40066).answer()), status=404)
        _record(request, call, response, started, UNTOUCHED)
        return response

    return handle


def _call(platform: Platform, request: web.Request, raw: bytes) -> Call:
    base_url = f"{request.scheme}://{request.host}"
    return Call(platform, dict(request.query), raw, base_url, platform.now(), address=request.remote or "")


async def _read(request: web.Request, interface: Interface) -> tuple[bytes, Upload | None]:
    if interface.body is not Body.FILE or not request.content_type.startswith("multipart/"):
        return (await request.read() if request.body_exists else b""), None
    try:
        form = await request.post()
    except ValueError:  # a broken multipart body carries no file
        return b"", None
    part, description = form.get("media"), form.get("description")
    if not isinstance(part, web.FileField):
        return b"", None
    with part.file:
        content = part.file.read()
    upload = Upload(part.filename, content, description if isinstance(description, str) else "")
    return f"（上传 {part.filename}，{len(content)} 字节）".encode(), upload


def _respond(method: str, interface: Interface, call: Call, struck: Struck) -> web.Response:
    if struck and (other := instead(struck)):
        return other
    answer = _answer(method, interface, call, struck)
    if isinstance(answer, web.Response):
        return answer
    return _json(written(answer, struck) if struck else dump(answer))


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
    if interface.body is Body.JSON or (interface.body is Body.JSON_OR_NONE and call.raw.strip()):
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
    if call.account.official:
        demand_address(call, call.account)
    demand_certificate(interface.path, call.account)
    quotas.spend_call(call.caller, interface.path, call.now)


def _json_body(raw: bytes) -> JsonObject:
    try:
        return parse_object(raw)
    except ValueError as broken:
        raise PlatformError(47001) from broken


def _json(body: bytes, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, headers={"Content-Type": JSON_TYPE})


def _record(request: web.Request, call: Call, response: web.Response, started: float, struck: Struck) -> None:
    body = response.body if isinstance(response.body, bytes) else b""
    caller = call.account if call.caller else None
    lost = bool(struck) and bool(UNANSWERED & struck.keys())
    entry = Entry(
        kind="call",
        account=caller.name if caller else "",
        app_id=caller.app_id if caller else "",
        title=f"{request.method} {request.path}",
        path=request.path,
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
        faults=list(struck),
    )
    _remember(call, entry)
    call.platform.note(entry)


def _remember(call: Call, entry: Entry) -> None:
    """Before the journal shortens it: whoever got an error may ask about its rid."""
    if rid := entry.rid:
        kept = entry.request_raw[:BYTES_KEPT], entry.response_raw[:BYTES_KEPT]
        owner = entry.app_id or owner_of(call)
        call.platform.rids.remember(rid, Trace(owner, entry.path, entry.url, entry.at, entry.ms, *kept, call.address))


def _outcome(response: web.Response, body: bytes) -> Outcome:
    good = response.status == 200 and (b'"errcode":' not in body[:40] or body.startswith(b'{"errcode":0'))
    return Outcome.OK if good else Outcome.ERROR
