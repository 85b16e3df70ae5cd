"""What template and subscription messages have in common: whom they go to, where a tap leads, the card on the phone."""

from simulator.api.calls import Call
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, mapping, string
from simulator.state.chats import Chat
from simulator.state.templates import Template

FIRST_MSGID = 3_600_000_000_000_000_000


def text(body: JsonObject, key: str) -> str:
    """Empty when it is missing. Raises 47001 when it is no text, which would otherwise pass silently."""
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise PlatformError(47001)
    return value or ""


def recipient(call: Call) -> Chat:
    chat = call.desk.chats.get(string(call.body, "touser"))
    if chat is None:
        raise PlatformError(40003)
    return chat


def demand_follower(call: Call, chat: Chat) -> None:
    if not chat.following:
        raise PlatformError(43004)
    if chat.openid in call.desk.blacklist:
        raise PlatformError(43019)


def web_address(call: Call) -> str:
    address = text(call.body, "url")
    if address and not address.startswith(("http://", "https://")):
        raise PlatformError(40039)
    return address


def miniprogram(call: Call) -> JsonObject | None:
    """The mini-program that a tap opens: one of the accounts file counts as linked."""
    given = call.body.get("miniprogram")
    if given is None or given == {}:
        return None
    wished = mapping(call.body, "miniprogram")
    target = call.platform.accounts.get(string(wished, "appid"))
    if target is None or target.official:
        raise PlatformError(40013)
    return {"appid": target.app_id, "pagepath": text(wished, "pagepath"), "name": target.name}


def card(template: Template, rows: list[JsonObject], **target: object) -> JsonObject:
    return {"title": template.title, "rows": rows, "template_id": template.id, **target}


def new_msgid(call: Call) -> int:
    return FIRST_MSGID + call.platform.world.next_id()
