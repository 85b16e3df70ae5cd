"""The customer-service windows: which interaction allows how many messages for how long (protocol §4.5).

Source: https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
"""

from simulator.errors import PlatformError
from simulator.shapes import JsonObject
from simulator.state.chats import Chat, Grant

MINUTE = 60
LONG = 48 * 3600

_SHORT_ALLOWANCE = {
    "click": 3,
    "scancode_push": 3,
    "scancode_waitmsg": 3,
    "subscribe": 3,
    "scan": 3,
    "user_enter_tempsession": 2,
}


def note_interaction(chat: Chat, fields: JsonObject, now: float) -> None:
    """Opens the window that this message or event of the person opens."""
    if fields.get("MsgType") == "event":
        _open_short(chat, _SHORT_ALLOWANCE.get(str(fields.get("Event", "")).lower(), 0), now)
    elif "bizmsgmenuid" in fields:  # arrives as a text, counts as a click
        _open_short(chat, 3, now)
    else:
        chat.long_grant = Grant(5, now + LONG)


def _open_short(chat: Chat, allowance: int, now: float) -> None:
    if allowance:
        chat.short_grant = Grant(allowance, now + MINUTE)


def is_open(chat: Chat, now: float) -> bool:
    return chat.long_grant.until > now or chat.short_grant.until > now


def close(chat: Chat) -> None:
    chat.long_grant = Grant()
    chat.short_grant = Grant()


def spend(chat: Chat, now: float) -> None:
    """Takes one message from every open window: allowances do not add up, the larger one decides.

    Raises 45015 when no window is open and 45047 when the open ones are used up.
    """
    windows = [grant for grant in (chat.long_grant, chat.short_grant) if grant.until > now]
    if not windows:
        raise PlatformError(45015)
    usable = [grant for grant in windows if grant.left > 0]
    if not usable:
        raise PlatformError(45047)
    for grant in usable:
        grant.left -= 1
