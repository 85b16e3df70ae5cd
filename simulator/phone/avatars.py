"""A drawn picture for each person: her colour, so that a server has something to fetch."""

import io
from functools import lru_cache

from aiohttp import web
from PIL import Image

from simulator.phone.door import Refused
from simulator.platform import Platform

SIDE = 132


async def avatar(platform: Platform, request: web.Request) -> web.StreamResponse:
    person = platform.world.people.get(request.match_info["pid"])
    if person is None:
        raise Refused("没有这个人。", 404)
    return web.Response(body=_drawn(person.colour), content_type="image/png")


@lru_cache(maxsize=32)
def _drawn(colour: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), colour).save(target, "PNG")
    return target.getvalue()
