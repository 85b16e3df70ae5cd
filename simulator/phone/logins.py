"""wx.login of the pretended mini-program: a code that its server exchanges."""

from aiohttp import web

from simulator.api.logins import new_code
from simulator.phone.door import Refused
from simulator.phone.visits import shown, visit_of
from simulator.platform import Platform
from simulator.shapes import JsonObject


async def login(platform: Platform, request: web.Request) -> JsonObject:
    visit = visit_of(platform, request)
    if visit.account.official:
        raise Refused("公众号没有小程序登录。", 409)
    return shown(None, code=new_code(visit.desk, visit.person.id, platform.now()))
