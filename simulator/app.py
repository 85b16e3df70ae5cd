"""Builds the web application: the one table of all routes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from aiohttp import web

from simulator.accounts import AccountKind
from simulator.api import callbacks, logins, media, menus, messages, qrcodes, tokens, users
from simulator.api.calls import MINIPROGRAM, OFFICIAL, Body, Interface
from simulator.api.gate import gate, unknown
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

NO_CREDENTIAL: frozenset[AccountKind] = frozenset()
UPLOAD_BYTES = 32 * 1024 * 1024  # above every limit of the platform, which answers with an errcode of its own
STATIC = Path(__file__).parent / "static"

INTERFACES = (
    Interface("GET", "/cgi-bin/token", tokens.token, NO_CREDENTIAL),
    Interface("POST", "/cgi-bin/stable_token", tokens.stable_token, NO_CREDENTIAL, Body.JSON),
    Interface("GET", "/sns/jscode2session", logins.exchange, NO_CREDENTIAL),
    Interface("GET", "/cgi-bin/getcallbackip", callbacks.callback_addresses),
    Interface("GET", "/cgi-bin/get_api_domain_ip", callbacks.interface_addresses),
    Interface("POST", "/cgi-bin/callback/check", callbacks.check, body=Body.JSON),
    Interface("POST", "/cgi-bin/message/custom/send", messages.send, body=Body.JSON),
    Interface("POST", "/cgi-bin/message/custom/typing", messages.typing, OFFICIAL, Body.JSON),
    Interface("POST", "/cgi-bin/message/custom/business/typing", messages.typing, MINIPROGRAM, Body.JSON),
    Interface("POST", "/cgi-bin/menu/create", menus.create, OFFICIAL, Body.JSON),
    Interface("GET", "/cgi-bin/menu/get", menus.get, OFFICIAL),
    Interface("GET", "/cgi-bin/menu/delete", menus.delete, OFFICIAL),
    Interface("GET", "/cgi-bin/get_current_selfmenu_info", menus.current, OFFICIAL),
    Interface("POST", "/cgi-bin/qrcode/create", qrcodes.create, OFFICIAL, Body.JSON),
    Interface("GET", "/cgi-bin/showqrcode", qrcodes.show, NO_CREDENTIAL),
    Interface("GET", "/cgi-bin/user/info", users.info, OFFICIAL),
    Interface("POST", "/cgi-bin/user/info/batchget", users.batch, OFFICIAL, Body.JSON),
    Interface("GET", "/cgi-bin/user/get", users.listed, OFFICIAL),
    Interface("POST", "/cgi-bin/media/upload", media.upload, body=Body.FILE),
    Interface("GET", "/cgi-bin/media/get", media.get),
    Interface("POST", "/cgi-bin/media/uploadimg", media.upload_image, OFFICIAL, Body.FILE),
)
PLATFORM_ROOTS = ("/cgi-bin/", "/sns/", "/wxa/", "/wxaapi/", "/datacube/", "/card/", "/customservice/")

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
