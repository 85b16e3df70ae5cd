"""The telephone number behind the code of the phone-number button (protocol §9.3).

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-info/phone-number/getPhoneNumber.html
"""

import secrets

from simulator.api.calls import OK, Call
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, string
from simulator.state import codes
from simulator.state.people import openid_of, phone_of_pid
from simulator.state.world import Desk

COUNTRY = "86"


def get(call: Call) -> JsonObject:
    code = _redeemed(call, string(call.body, "code"))
    number = phone_of_pid(call.platform.world.people, code.pid)
    watermark = {"timestamp": int(call.now), "appid": call.desk.app_id}
    info = {"phoneNumber": number, "purePhoneNumber": number, "countryCode": COUNTRY}
    return {**OK, "phone_info": {**info, "watermark": watermark}}


def _redeemed(call: Call, value: str) -> codes.PersonCode:
    code = codes.valid(call.desk.phone_codes, value, call.now)
    openid = string(call.body, "openid")
    if openid and openid != openid_of(call.desk.app_id, code.pid):
        raise PlatformError(40003)
    codes.use(code, call.platform.world.settings.used_code_errcode)
    return code


def new_code(desk: Desk, pid: str, now: float) -> str:
    """Not the login's code: it cannot be exchanged there."""
    desk.phone_codes = codes.remembered(desk.phone_codes, now)
    value = secrets.token_hex(32)
    desk.phone_codes[value] = codes.PersonCode(pid, now + codes.SECONDS)
    return value
