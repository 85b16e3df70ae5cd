"""What the page loads first: the accounts, the people, the places and the codes made so far."""

from aiohttp import web

from simulator.accounts import Account
from simulator.clock import iso
from simulator.phone import minis
from simulator.phone.door import Refused, body_of, required
from simulator.platform import Platform
from simulator.shapes import JsonObject
from simulator.state.records import QrCode
from simulator.state.world import add_person

CODES_SHOWN = 500
PEOPLE_AT_MOST = 500


async def state(platform: Platform, _: web.Request) -> JsonObject:
    world = platform.world
    codes = [code for desk in world.desks.values() for code in desk.codes.values()]
    return {
        "now": iso(platform.now()),
        "accounts": [_account(platform, account) for account in platform.accounts.values()],
        "people": [person.shown() for person in world.people.values()],
        "spots": [spot.shown() for spot in platform.spots],
        "codes": [_code(code) for code in codes[-CODES_SHOWN:]],
        "mini_codes": minis.listed(platform, CODES_SHOWN),
    }


async def new_person(platform: Platform, request: web.Request) -> JsonObject:
    nickname = required(await body_of(request), "nickname", "名字", limit=20)
    if len(platform.world.people) >= PEOPLE_AT_MOST:
        raise Refused(f"最多 {PEOPLE_AT_MOST} 个人。", 409)
    person = add_person(platform.world, nickname)
    platform.show_state()
    return {**person.shown()}


def _account(platform: Platform, account: Account) -> JsonObject:
    menu = platform.world.desks[account.app_id].menu
    return {
        "app_id": account.app_id,
        "kind": account.kind,
        "name": account.name,
        "original_id": account.original_id,
        "mode": account.mode,
        "format": account.format,
        "push_url": account.push_url,
        "menu": {"button": menu.buttons} if menu else None,
    }


def _code(code: QrCode) -> JsonObject:
    return {
        "ticket": code.ticket,
        "app_id": code.app_id,
        "scene": code.scene,
        "kind": code.action,
        "url": code.url,
        "until": iso(code.until) if code.until is not None else None,
    }
