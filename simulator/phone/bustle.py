"""A busy day: the people of the page follow, and a crowd writes, follows, scans and taps the menu all the time."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

from simulator.accounts import Account
from simulator.phone.following import arrive
from simulator.phone.visits import visit
from simulator.platform import Platform
from simulator.push import fields
from simulator.push.conversation import act
from simulator.shapes import JsonObject
from simulator.state import windows
from simulator.state.chats import Chat
from simulator.state.qrcodes import expired, loose_ticket
from simulator.state.world import Desk, add_crowd

CROWD = 300
_WORDS = (
    "帮助",
    "社区",
    "楼道的灯坏了好几天",
    "请问居住证在哪里办",
    "垃圾几点收",
    "小区门口积水了",
    "周末有什么活动",
    "电动车在哪里充电",
    "谢谢",
    "老人助餐怎么报名",
)


@dataclass(frozen=True, slots=True)
class Street:
    """An official account and those of the crowd who live there."""

    account: Account
    desk: Desk
    crowd: list[Chat]


def prepare(platform: Platform) -> list[Street]:
    return [_street(platform, account) for account in platform.accounts.values() if account.official]


async def go_on(platform: Platform, streets: list[Street]) -> None:
    while streets:
        await asyncio.sleep(random.expovariate(platform.stage.speed))
        street = random.choice(streets)  # noqa: S311 - no secret
        chat = random.choice(street.crowd)  # noqa: S311
        act(platform, street.account, chat, _deed(platform, street, chat), None)


def _street(platform: Platform, account: Account) -> Street:
    desk = platform.world.desks[account.app_id]
    for person in list(platform.world.people.values()):
        here = visit(platform, person.id, account.app_id, "")
        if not here.chat.following:
            arrive(here, "", None)
    standing = [chat for chat in desk.chats.values() if chat.pid not in platform.world.people][:CROWD]
    return Street(account, desk, standing + _newcomers(platform, desk, CROWD - len(standing)))


def _newcomers(platform: Platform, desk: Desk, count: int) -> list[Chat]:
    chats = add_crowd(platform.world, desk, count) if count > 0 else []
    for chat in chats:
        chat.subscription.at = platform.now()
    return chats


def _deed(platform: Platform, street: Street, chat: Chat) -> JsonObject:
    if not chat.following:
        chat.following, chat.subscription.at = True, platform.now()
        return fields.subscribe("", "")
    deeds: tuple[Callable[[Platform, Street, Chat], JsonObject], ...] = (_write, _scan, _tap, _leave)
    return random.choices(deeds, (60, 15, 20, 5))[0](platform, street, chat)  # noqa: S311


def _write(_: Platform, __: Street, ___: Chat) -> JsonObject:
    return fields.text(random.choice(_WORDS))  # noqa: S311


def _scan(platform: Platform, street: Street, _: Chat) -> JsonObject:
    codes = [code for code in street.desk.codes.values() if not expired(code, platform.now())]
    if not codes:
        return fields.scan("place.990101", loose_ticket())
    code = random.choice(codes)  # noqa: S311
    return fields.scan(code.scene, code.ticket)


def _tap(platform: Platform, street: Street, chat: Chat) -> JsonObject:
    menu = street.desk.menu
    buttons = [below for button in menu.buttons for below in (button.get("sub_button") or [button])] if menu else []
    fitting = [button for button in buttons if button.get("type") in {"click", "view"}]
    if menu is None or not fitting:
        return _write(platform, street, chat)
    button = random.choice(fitting)  # noqa: S311
    if button["type"] == "view":
        return fields.view("VIEW", str(button.get("url", "")), menu.id)
    return fields.event("CLICK", str(button.get("key", "")))


def _leave(_: Platform, __: Street, chat: Chat) -> JsonObject:
    """Somebody has to be able to come back."""
    chat.following = False
    windows.close(chat)
    return fields.event("unsubscribe")
