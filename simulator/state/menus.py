"""Which menu a person is due: the last added conditional one whose rule fits her, else the default (protocol §6)."""

from urllib.parse import urlsplit

from simulator.errors import PlatformError
from simulator.shapes import JsonObject, mapping, string
from simulator.state.chats import Chat
from simulator.state.people import Client
from simulator.state.records import ConditionalMenu, Menu
from simulator.state.world import Desk

CONDITIONAL_AT_MOST = 2_000
OUTSIDE_DOMAINS = 3
_DEAD = ("sex", "country", "province", "city", "language")


def menu_for(desk: Desk, chat: Chat, client: int) -> Menu | None:
    """Without a default menu nobody sees any."""
    if desk.menu is None:
        return None
    for menu in reversed(desk.conditional_menus):
        if _fits(menu.rule, chat, client):
            return Menu(menu.id, menu.buttons)
    return desk.menu


def _fits(rule: JsonObject, chat: Chat, client: int) -> bool:
    tag_id, wanted = rule.get("tag_id"), rule.get("client_platform_type")
    return (tag_id is None or int(tag_id) in chat.tags) and (wanted is None or int(wanted) == client)


def read_rule(desk: Desk, body: JsonObject) -> JsonObject:
    """The rule as menu/get shows it, numbers as text. Raises 65304, 65320 or 45159."""
    asked = mapping(body, "matchrule")
    if any(asked.get(name) for name in _DEAD):
        raise PlatformError(65320)
    rule = {name: text for name in ("tag_id", "client_platform_type") if (text := _number(asked.get(name)))}
    if not rule:
        raise PlatformError(65304)
    if "tag_id" in rule and rule["tag_id"] not in desk.tags:
        raise PlatformError(45159)
    if rule.get("client_platform_type", "1") not in {str(int(client)) for client in Client}:
        raise PlatformError(65304)
    return rule


def _number(value: object) -> str:
    """Pages and SDKs write these numbers both as text and as numbers."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    text = str(value)
    return str(int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def check_domains(buttons: list[JsonObject]) -> None:
    """Raises 65316: a conditional menu may lead to three outside domains at most."""
    leaves = [leaf for button in buttons for leaf in (button["sub_button"] or [button])]
    hosts = {urlsplit(url).hostname for leaf in leaves if (url := string(leaf, "url"))}
    if len(hosts) > OUTSIDE_DOMAINS:
        raise PlatformError(65316)


def shown(menu: ConditionalMenu) -> JsonObject:
    return {"button": menu.buttons, "matchrule": menu.rule, "menuid": menu.id}
