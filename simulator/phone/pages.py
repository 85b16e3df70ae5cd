"""The page itself, and the files that its bubbles show."""

from pathlib import Path

from aiohttp import web

from simulator.phone.door import Refused
from simulator.platform import Platform

INDEX = Path(__file__).parent.parent / "static" / "index.html"


async def index(_: Platform, __: web.Request) -> web.StreamResponse:
    return web.FileResponse(INDEX, headers={"Cache-Control": "no-cache"})


async def media(platform: Platform, request: web.Request) -> web.StreamResponse:
    found = platform.media.get(request.match_info["media_id"])
    if found is None:
        raise Refused("没有这个文件。", 404)
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=platform.media.read(found), content_type=found.content_type, headers=headers)
