"""A person in a mini-program: opening it, its codes and links, her telephone number, data for its page."""

import re

from aiohttp import web

from simulator.api.logins import new_code as new_login_code
from simulator.api.phones import new_code as new_phone_code
from simulator.clock import iso
from simulator.phone.door import Refused, body_of
from simulator.phone.visits import Visit, shown, visit_of
from simulator.platform import Platform
from simulator.shapes import JsonObject, integer, mapping
from simulator.state.minicodes import find
from simulator.state.people import Client
from simulator.state.records import MiniCode
from simulator.state.sessions import encrypted
from simulator.state.world import Desk

RISK_RANKS = range(5)
_PHONE = re.compile(r"1[0-9]{10}")


async def open_up(platform: Platform, request: web.Request) -> JsonObject:
    """Content security asks for a visit within two hours."""
    _entered(_visit(platform, request))
    return shown(None)


async def login(platform: Platform, request: web.Request) -> JsonObject:
    """wx.login: a code that the account's server exchanges. Whoever logs in is there."""
    visit = _visit(platform, request, "公众号没有小程序登录。")
    _entered(visit)
    return shown(None, code=new_login_code(visit.desk, visit.person.id, platform.now()))


async def phone_number(platform: Platform, request: web.Request) -> JsonObject:
    """The phone-number button: a code of its own, exchanged once."""
    visit = _visit(platform, request)
    _entered(visit)
    return shown(None, code=new_phone_code(visit.desk, visit.person.id, platform.now()))


async def encrypt(platform: Platform, request: web.Request) -> JsonObject:
    visit = _visit(platform, request)
    session = visit.desk.sessions.get(visit.person.id)
    if session is None:
        raise Refused("请先登录：还没有会话密钥。", 409)
    data = encrypted(visit.desk, session, mapping(await body_of(request), "data"), platform.now())
    platform.world.changed()
    return shown(None, **data)


async def change_person(platform: Platform, request: web.Request) -> JsonObject:
    person = platform.world.people.get(request.match_info["pid"])
    if person is None:
        raise Refused("没有这个人。", 404)
    body = await body_of(request)
    high_risk, minor = body.get("high_risk", person.high_risk), body.get("minor", person.minor)
    client, rank = _number(body, "client", person.client), _number(body, "risk_rank", person.risk_rank)
    if not isinstance(high_risk, bool) or not isinstance(minor, bool):
        raise Refused("high_risk 和 minor 应为 true 或 false。")
    if client not in set(Client) or rank not in RISK_RANKS:
        raise Refused("client 应为 1（苹果）、2（安卓）或 3，risk_rank 应为 0 到 4。")
    person.phone = _phone(body, person.phone)
    person.high_risk, person.minor, person.client, person.risk_rank = high_risk, minor, client, rank
    platform.show_state()
    return person.shown()


def _phone(body: JsonObject, otherwise: str) -> str:
    """Operators give a number that was given up to somebody else: two people may have had it."""
    value = body.get("phone", otherwise)
    if not isinstance(value, str) or not _PHONE.fullmatch(value):
        raise Refused("phone 应为 11 位手机号。")
    return value


def _number(body: JsonObject, name: str, otherwise: int) -> int:
    """-1, which nothing allows, for what is no number."""
    value = integer(body, name) if name in body else otherwise
    return -1 if value is None else value


def opened_by(visit: Visit, text: str) -> JsonObject | None:
    """What a mini-program code, a URL link or a scheme opens; nothing when the text is none of them."""
    for desk in visit.platform.world.desks.values():
        if code := find(desk, text):
            if code.until is not None and visit.platform.now() >= code.until:
                raise Refused("这个链接已过期。", 410)
            _entered(visit.at(desk.app_id))
            return shown(None, open_miniprogram=_target(desk, code))
    return None


def _target(desk: Desk, code: MiniCode) -> JsonObject:
    place = {"app_id": desk.app_id, "page": code.page, "query": code.query}
    return place | {"scene": code.scene, "env_version": code.env_version}


def listed(platform: Platform, most: int) -> list[JsonObject]:
    """The youngest codes, for the page."""
    pairs = [(desk, code) for desk in platform.world.desks.values() for code in desk.mini_codes.codes.values()]
    return [_shown(desk, code) for desk, code in pairs[-most:]]


def _shown(desk: Desk, code: MiniCode) -> JsonObject:
    until = iso(code.until) if code.until is not None else None
    return {"kind": code.kind, "url": code.url, "until": until, **_target(desk, code)}


def _visit(platform: Platform, request: web.Request, refusal: str = "公众号没有这个功能。") -> Visit:
    visit = visit_of(platform, request)
    if visit.account.official:
        raise Refused(refusal, 409)
    return visit


def _entered(visit: Visit) -> None:
    visit.chat.visited_at = visit.platform.now()
    visit.platform.world.changed()
