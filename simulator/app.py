"""Builds the web application: the interfaces of the platform, the controls and the phone page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from aiohttp import web

from simulator.api.gate import gate, unknown
from simulator.api.table import INTERFACES, PLATFORM_ROOTS
from simulator.phone import (
    buttons,
    control,
    crowds,
    directory,
    events,
    following,
    pages,
    pushes,
    writing,
)
from simulator.phone import logins as phone_logins
from simulator.phone.door import Action, door
from simulator.platform import Platform
from simulator.storage import Context, Storage, keeping

UPLOAD_BYTES = 32 * 1024 * 1024  # above every limit of the platform, which answers with an errcode of its own
STATIC = Path(__file__).parent / "static"

CHAT = "/simulator/people/{pid}/chats/{app_id}"
LOOKS: tuple[tuple[str, str, Action], ...] = (
    ("GET", "/", pages.index),
    ("GET", "/simulator/media/{media_id}", pages.media),
    ("GET", "/simulator/state", directory.state),
    ("POST", "/simulator/people", directory.new_person),
    ("GET", CHAT, writing.chat),
    ("GET", "/simulator/events", events.events),
    ("GET", "/simulator/traffic", control.traffic),
    ("DELETE", "/simulator/traffic", control.clear_traffic),
    ("GET", "/simulator/clock", control.clock),
    ("POST", "/simulator/clock", control.set_clock),
    ("GET", "/simulator/faults", control.list_faults),
    ("POST", "/simulator/faults", control.add_fault),
    ("DELETE", "/simulator/faults", control.clear_faults),
    ("DELETE", "/simulator/faults/{fault_id}", control.remove_fault),
    ("GET", "/simulator/settings", control.settings),
    ("POST", "/simulator/settings", control.change_settings),
    ("POST", "/simulator/tokens/invalidate", control.invalidate_tokens),
    ("POST", "/simulator/accounts/{app_id}/verify", control.verify_url),
    ("POST", "/simulator/push", pushes.push),
    ("POST", "/simulator/crowd", crowds.gather),
    ("POST", "/simulator/reset", control.reset),
)
ACTS: tuple[tuple[str, Action], ...] = (
    ("/follow", following.follow),
    ("/unfollow", following.unfollow),
    ("/enter", following.enter),
    ("/scan", following.scan),
    ("/text", writing.text),
    ("/image", writing.image),
    ("/voice", writing.voice),
    ("/location", writing.location),
    ("/link", writing.link),
    ("/msgmenu", writing.msgmenu),
    ("/read", writing.read),
    ("/agent/end", writing.end_agent_session),
    ("/menu", buttons.press),
    ("/login", phone_logins.login),
)


def build_app(platform: Platform, storage: Storage | None = None) -> web.Application:
    app = web.Application(client_max_size=UPLOAD_BYTES)
    for interface in INTERFACES:
        app.router.add_route("*", interface.path, gate(platform, interface))
    for root in PLATFORM_ROOTS:
        app.router.add_route("*", root + "{rest:.*}", unknown(platform))
    for method, path, action in LOOKS:
        app.router.add_route(method, path, door(platform, action))
    for verb, action in ACTS:
        app.router.add_post(CHAT + verb, door(platform, action, status=202))
    app.router.add_static("/static/", STATIC)
    if storage:
        app.cleanup_ctx.append(keeping(platform, storage))
    app.on_shutdown.append(_end_event_streams(platform))
    app.cleanup_ctx.append(_closing(platform))  # ends first: the last snapshot is taken when all is quiet
    return app


def _closing(platform: Platform) -> Context:
    async def context(_: web.Application) -> AsyncIterator[None]:
        yield
        await platform.close()

    return context


def _end_event_streams(platform: Platform) -> Callable[[web.Application], Awaitable[None]]:
    async def end(_: web.Application) -> None:
        platform.hub.close_all()

    return end
