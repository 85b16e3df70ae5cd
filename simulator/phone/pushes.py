"""Pushes that no act of the page causes, and attacks on the account's server, for tests."""

import asyncio
import re
from dataclasses import dataclass

from aiohttp import web

from simulator.accounts import Account
from simulator.phone.door import Refused, body_of
from simulator.platform import Platform
from simulator.push.conversation import conclude
from simulator.push.courier import Attempt, Parcel, attempt, deliver
from simulator.push.envelope import Tamper
from simulator.push.fields import complete
from simulator.shapes import JsonObject, mapping, string
from simulator.state import windows
from simulator.state.agenda import PLATFORM_ITSELF
from simulator.state.chats import Chat
from simulator.state.people import openid_of

MOST_COPIES = 8
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Order:
    parcel: Parcel
    chat: Chat | None
    copies: int


async def push(platform: Platform, request: web.Request) -> JsonObject:
    order = _order(platform, await body_of(request))
    genuine = order.parcel.tamper is None
    if order.chat and genuine:
        _take_effect(order.chat, order.parcel.fields, platform.now())
    attempts = await _carry(platform, order)
    if order.chat and genuine:
        desk = platform.world.desks[order.parcel.account.app_id]
        answered = next((one for one in attempts if one.meaning), attempts[-1])
        conclude(platform, desk, order.chat, order.parcel, answered)
    return {"attempts": [_shown(one) for one in attempts]}


async def _carry(platform: Platform, order: Order) -> list[Attempt]:
    """A single genuine push is repeated as usual; copies and forgeries go out once, at the same moment."""
    if order.copies == 1 and order.parcel.tamper is None:
        return (await deliver(platform, order.parcel)).attempts
    return await asyncio.gather(*(attempt(platform, order.parcel) for _ in range(order.copies)))


def _order(platform: Platform, body: JsonObject) -> Order:
    account = platform.accounts.get(string(body, "app_id"))
    if account is None:
        raise Refused("没有这个账号。", 404)
    chat = _chat(platform, account, body.get("pid"))
    openid = chat.openid if chat else PLATFORM_ITSELF
    fields = complete(platform, account, openid, _fields(body))
    parcel = Parcel(account, openid, fields, _tamper(body.get("tamper")))
    return Order(parcel, chat, _copies(body.get("copies", 1)))


def _chat(platform: Platform, account: Account, pid: object) -> Chat | None:
    if pid is None:
        return None
    if not isinstance(pid, str) or pid not in platform.world.people:
        raise Refused("没有这个人。", 404)
    return platform.world.desks[account.app_id].chats[openid_of(account.app_id, pid)]


def _fields(body: JsonObject) -> JsonObject:
    fields = mapping(body, "fields")
    if not fields.get("MsgType"):
        raise Refused("fields 里至少要有 MsgType。")
    _check_names(fields)
    return fields


def _check_names(value: object) -> None:
    """They become XML elements."""
    if isinstance(value, list):
        for item in value:
            _check_names(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not _NAME.fullmatch(name):
                raise Refused(f"「{name[:20]}」不能作字段名。")
            _check_names(item)


def _tamper(value: object) -> Tamper | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in set(Tamper):
        raise Refused(f"tamper 应为 {'、'.join(Tamper)} 之一，或不填。")
    return Tamper(value)


def _copies(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_COPIES:
        raise Refused(f"copies 应为 1 到 {MOST_COPIES}。")
    return value


def _take_effect(chat: Chat, fields: JsonObject, now: float) -> None:
    """The world must agree with what was pushed: windows open, and following changes with the event."""
    windows.note_interaction(chat, fields, now)
    event = str(fields.get("Event", "")).lower() if fields.get("MsgType") == "event" else ""
    if event == "subscribe":
        chat.following = True
        chat.subscription.at = now
    elif event == "unsubscribe":
        chat.following = False
        windows.close(chat)


def _shown(one: Attempt) -> JsonObject:
    return {
        "status": one.status,
        "ms": round(one.ms, 1),
        "outcome": one.outcome,
        "note": one.note,
        "raw": one.raw.decode("utf-8", errors="replace"),
        "plain": one.plain.decode("utf-8", errors="replace"),
    }
