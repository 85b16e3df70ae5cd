"""How the phone's API is spoken: JSON in, JSON out, and a Chinese sentence where something does not fit."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from simulator.platform import Platform
from simulator.shapes import JsonObject, dump, parse_object, string

Answer = JsonObject | web.StreamResponse
Action = Callable[[Platform, web.Request], Awaitable[Answer]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refused(Exception):
    """The request cannot be done; the text is shown to the person."""

    def __init__(self, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status


def door(platform: Platform, action: Action, status: int = 200) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            answer = await action(platform, request)
        except Refused as refused:
            return json_response({"detail": refused.detail}, refused.status)
        return answer if isinstance(answer, web.StreamResponse) else json_response(answer, status)

    return handle


def json_response(value: JsonObject, status: int = 200) -> web.Response:
    return web.Response(body=dump(value), status=status, content_type="application/json", charset="utf-8")


async def body_of(request: web.Request) -> JsonObject:
    """The JSON object of the body; no body counts as an empty object."""
    raw = await request.read()
    if not raw.strip():
        return {}
    try:
        return parse_object(raw)
    except ValueError as broken:
        raise Refused("请求内容不是 JSON 对象。") from broken


def required(body: JsonObject, key: str, name: str, limit: int = 2_000) -> str:
    value = string(body, key).strip()
    if not value:
        raise Refused(f"请填写{name}。")
    if len(value) > limit:
        raise Refused(f"{name}太长了，最多 {limit} 个字。")
    return value
