"""Customer-service messages: sent within the windows of §4.5, and the typing sign.

https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage
"""

import asyncio
import re

from simulator.api.calls import OK, Call
from simulator.api.cards import recipient
from simulator.api.contents import read_content
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, integer, mapping, string
from simulator.state import windows
from simulator.state.chats import By, Chat

TYPING_SECONDS = 15
_KF_ACCOUNT = re.compile(r"[A-Za-z0-9_]{1,64}@[A-Za-z0-9_-]{1,64}")


def send(call: Call) -> JsonObject:
    chat = recipient(call)
    _demand_willing(call, chat)
    kind, content = read_content(call)
    content |= _marks(call)
    windows.spend(chat, call.now)
    chat.typing_until = 0.0
    call.platform.say(call.desk, chat, By.ACCOUNT, kind, content)
    return OK


def _demand_willing(call: Call, chat: Chat) -> None:
    person = call.platform.world.people.get(chat.pid)
    if person and person.minor and not call.account.official:
        raise PlatformError(70000)
    if chat.openid in call.desk.blacklist:
        raise PlatformError(43019)
    if chat.blocked and chat.following:
        raise PlatformError(48002)


def _marks(call: Call) -> JsonObject:
    """In whose name it comes, and whether a machine wrote it. Agents are not played: any account of the right form."""
    marks: JsonObject = {}
    if "customservice" in call.body:
        marks["agent"] = string(mapping(call.body, "customservice"), "kf_account")
        if not _KF_ACCOUNT.fullmatch(marks["agent"]):
            raise PlatformError(65401)
    if "aimsgcontext" in call.body:
        machine = integer(mapping(call.body, "aimsgcontext"), "is_ai_msg")
        if machine not in {0, 1}:
            raise PlatformError(40097)
        marks["ai"] = bool(machine)
    return marks


def typing(call: Call) -> JsonObject:
    chat = recipient(call)
    command = string(call.body, "command")
    if command not in {"Typing", "CancelTyping"}:
        raise PlatformError(45072)
    if not windows.is_open(chat, call.now):
        raise PlatformError(45080)
    if command == "Typing" and chat.typing_until > call.now:
        raise PlatformError(45081)
    chat.typing_until = call.now + TYPING_SECONDS if command == "Typing" else 0.0
    call.platform.begin(_show_typing(call, chat))
    return OK


async def _show_typing(call: Call, chat: Chat) -> None:
    """Once now, and once more when the sign goes out by itself."""
    call.platform.show(call.desk, chat)
    if chat.typing_until > call.now:
        await asyncio.sleep(TYPING_SECONDS)
        call.platform.show(call.desk, chat)
