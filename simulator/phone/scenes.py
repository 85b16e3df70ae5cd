"""Scenes over HTTP: which there are, which is playing, and loading one."""

import asyncio

from aiohttp import web

from simulator.phone import bustle
from simulator.phone.control import begin_again, reset_clock
from simulator.phone.door import Refused, body_of
from simulator.phone.faults import set_fault
from simulator.platform import Platform
from simulator.scenes import FASTEST, SCENES, SLOWEST, SPEED, Scene, named
from simulator.shapes import JsonObject, number, string


async def scenes(platform: Platform, _: web.Request) -> JsonObject:
    stage = platform.stage
    return {"items": [scene.shown() for scene in SCENES], "playing": stage.playing, "speed": stage.speed}


async def load(platform: Platform, request: web.Request) -> JsonObject:
    body = await body_of(request)
    scene = named(string(body, "name"))
    if scene is None:
        raise Refused(f"没有这个场景，有 {'、'.join(scene.name for scene in SCENES)}。", 404)
    speed = _speed(body)
    platform.stage.end()
    platform.faults.clear()
    if scene.clean:
        await begin_again(platform)
        reset_clock(platform)
    _set(platform, scene, speed)
    platform.show_state()
    return await scenes(platform, request)


def _speed(body: JsonObject) -> float:
    speed = SPEED if body.get("speed") is None else number(body, "speed")
    if speed is None or not SLOWEST <= speed <= FASTEST:
        raise Refused(f"speed 应在 {SLOWEST:g} 到 {FASTEST:g} 之间，是每秒的次数。")
    return speed


def _set(platform: Platform, scene: Scene, speed: float) -> None:
    for fault in scene.faults:
        set_fault(platform, fault)
    if scene.expired_token:
        _expire_tokens(platform)
    stage = platform.stage
    stage.playing, stage.speed = scene.name, speed
    if scene.busy:
        streets = bustle.prepare(platform)
        stage.work = asyncio.create_task(bustle.go_on(platform, streets))


def _expire_tokens(platform: Platform) -> None:
    """What the first account holds is suddenly too old; its endpoints hand out a new one when asked."""
    world = platform.world
    desk = world.desks[next(iter(platform.accounts))]
    for slot in (desk.stable_tokens, desk.plain_tokens):
        if token := world.tokens.get(slot.current):
            token.until = min(token.until, platform.now())
