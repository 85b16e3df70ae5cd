"""Server-sent events for the page: chats, traffic, and `state` when everything should be loaded again."""

import asyncio
import contextlib

from aiohttp import web

from simulator.hub import Line
from simulator.platform import Platform

COMMENT_SECONDS = 15.0
BREATH_SECONDS = 0.05  # a flood of calls is told in bundles, so that the page costs the hot path little


async def events(platform: Platform, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    line = platform.hub.open()
    try:
        with contextlib.suppress(ConnectionError):  # the page went away
            await _tell(response, line)
    finally:
        platform.hub.close(line)
    return response


async def _tell(response: web.StreamResponse, line: Line) -> None:
    await response.write(b": connected\n\n")
    while not line.ended:
        await response.write(await line.take(COMMENT_SECONDS))
        await asyncio.sleep(BREATH_SECONDS)
