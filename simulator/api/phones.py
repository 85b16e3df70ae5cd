"""The telephone number behind the code of the phone-number button (protocol §9.3).

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-info/phone-number/getPhoneNumber.html
"""

import secrets

from simulator.api.calls import OK, Call
from simulator.errors import PlatformError
from simulator.people import openid_of
from simulator.records import PhoneCode
from simulator.shapes import JsonObject, string
from simulator.world import Desk

CODE_SECONDS = 300
COUNTRY = "86"


def get(call: Call) -> JsonObject:
    code = _redeemed(call, string(call.body, "code"))
    person = call.platform.world.people[code.pid]
    watermark = {"timestamp": int(call.now), "appid": call.desk.app_id}
    info = {"phoneNumber": person.phone, "purePhoneNumber": person.phone, "countryCode": COUNTRY}
    return {**OK, "phone_info": {**info, "watermark": watermark}}


def _redeemed(call: Call, value: str) -> PhoneCode:
    code = call.desk.phone_codes.get(value)
    if code is None or call.now >= code.until or code.pid not in call.platform.world.people:
        raise PlatformError(40029)
    openid = string(call.body, "openid")
    if openid and openid != openid_of(call.desk.app_id, code.pid):
        raise PlatformError(40003)
    if code.used:
        raise PlatformError(call.platform.world.settings.used_code_errcode)
    code.used = True
    return code


def new_code(desk: Desk, pid: str, now: float) -> str:
    """Not the login's code: it cannot be exchanged there. Codes long gone are forgotten here."""
    desk.phone_codes = {value: code for value, code in desk.phone_codes.items() if code.until + CODE_SECONDS > now}
    value = secrets.token_hex(32)
    desk.phone_codes[value] = PhoneCode(pid, now + CODE_SECONDS)
    return value
