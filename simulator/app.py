"""Builds the web application: the interfaces of the platform, the controls and the phone page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from aiohttp import web

from simulator.api.gate import gate, unknown
from simulator.api.table import INTERFACES, PLATFORM_ROOTS
from simulator.phone import (
    articles,
    authorizations,
    avatars,
    buttons,
    consents,
    control,
    crowds,
    directory,
    events,
    faults,
    following,
    journal,
    minis,
    pages,
    pushes,
    received,
    rights,
    scenes,
    settings,
    subscriptions,
    writing,
)
from simulator.phone.door import Action, door
from simulator.platform import Platform
from simulator.push.postman import serving_the_agenda
from simulator.storage import Context, Storage, keeping

UPLOAD_BYTES = 32 * 1024 * 1024  # above every limit of the platform, which answers with an errcode of its own
STATIC = Path(__file__).parent / "static"

CHAT = "/simulator/people/{pid}/chats/{app_id}"
LOOKS: tuple[tuple[str, str, Action], ...] = (
    ("GET", "/", pages.index),
    ("GET", "/simulator/media/{media_id}", pages.media),
    ("GET", "/s/{slug}", articles.page),
    ("GET", "/connect/oauth2/authorize", consents.authorize),
    ("GET", "/simulator/people/{pid}/avatar", avatars.avatar),
    ("GET", "/simulator/state", directory.state),
    ("POST", "/simulator/people", directory.new_person),
    ("POST", "/simulator/people/{pid}", minis.change_person),
    ("GET", CHAT, writing.chat),
    ("GET", CHAT + "/subscriptions", subscriptions.listed),
    ("GET", "/simulator/events", events.events),
    ("GET", "/simulator/traffic", journal.traffic),
    ("DELETE", "/simulator/traffic", journal.clear),
    ("GET", "/simulator/counts", journal.counts),
    ("GET", "/simulator/clock", control.clock),
    ("POST", "/simulator/clock", control.set_clock),
    ("GET", "/simulator/faults/kinds", faults.kinds),
    ("GET", "/simulator/faults", faults.listed),
    ("POST", "/simulator/faults", faults.add),
    ("DELETE", "/simulator/faults", faults.clear),
    ("DELETE", "/simulator/faults/{fault_id}", faults.remove),
    ("GET", "/simulator/scenes", scenes.scenes),
    ("POST", "/simulator/scene", scenes.load),
    ("GET", "/simulator/settings", settings.settings),
    ("POST", "/simulator/settings", settings.change_settings),
    ("POST", "/simulator/tokens/invalidate", control.invalidate_tokens),
    ("POST", "/simulator/accounts/{app_id}/verify", control.verify_url),
    ("GET", "/simulator/accounts/{app_id}/received", received.received),
    ("POST", "/simulator/accounts/{app_id}/limits", rights.limit),
    ("POST", "/simulator/accounts/{app_id}/addresses", rights.addresses),
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
    ("/subscribe", subscriptions.subscribe),
    ("/subscriptions", subscriptions.change),
    ("/block", subscriptions.block),
    ("/authorization", authorizations.authorization),
    ("/visit", minis.open_up),
    ("/login", minis.login),
    ("/phone-number", minis.phone_number),
    ("/encrypted", minis.encrypt),
)


def build_app(platform: Platform, storage: Storage | None = None) -> web.Application:
    app = web.Application(client_max_size=UPLOAD_BYTES)
    platform.paths = frozenset(interface.path for interface in INTERFACES)
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
    app.on_shutdown.append(_let_go(platform))
    app.cleanup_ctx.append(_closing(platform))  # ends before it: the last snapshot is taken when all is quiet
    app.cleanup_ctx.append(serving_the_agenda(platform))
    return app


def _closing(platform: Platform) -> Context:
    async def context(_: web.Application) -> AsyncIterator[None]:
        yield
        await platform.close()

    return context


def _let_go(platform: Platform) -> Callable[[web.Application], Awaitable[None]]:
    """Event streams, and calls that a fault lets hang, would never end by themselves."""

    async def let_go(_: web.Application) -> None:
        platform.hub.close_all()
        platform.stage.end()
        platform.faults.clear()

    return let_go
