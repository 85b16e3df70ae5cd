"""What a person does with the data she authorised: changes it, takes it back, or closes her account (protocol §2.3).

https://developers.weixin.qq.com/miniprogram/dev/server/event_push/platform/authorized_user_information_changes
"""

from aiohttp import web

from simulator.phone.door import Refused, body_of
from simulator.phone.visits import Visit, shown, visit_of
from simulator.platform import Platform
from simulator.shapes import JsonObject, string
from simulator.state.agenda import PLATFORM_ITSELF
from simulator.state.chats import By, Kind

SENTENCES = {
    "user_info_modified": "修改了授权过的资料",
    "user_authorization_revoke": "撤回了授权",
    "user_authorization_cancellation": "注销了账号",
}
OF_MINIPROGRAMS = {"1", "2", "3", "4", "5", "6", "7", "8", "12", "13", "14", "15", "16", "18", "19", "20"}
OF_OFFICIAL = {"201", "202", "203", "204", "205", "206", "207"}


async def authorization(platform: Platform, request: web.Request) -> JsonObject:
    """The sender is the platform; the person stands in OpenID."""
    visit = visit_of(platform, request)
    body = await body_of(request)
    event, info = string(body, "event"), string(body, "revoke_info")
    if event not in SENTENCES:
        raise Refused(f"event 应为 {'、'.join(SENTENCES)} 之一。")
    if event == "user_authorization_revoke":
        _check_info(visit, info)
    platform.later(0, visit.desk, PLATFORM_ITSELF, _fields(visit, event, info))
    content = {"text": SENTENCES[event]}
    return shown(platform.say(visit.desk, visit.chat, By.PERSON, Kind.EVENT, content))


def _check_info(visit: Visit, info: str) -> None:
    known = OF_OFFICIAL if visit.account.official else OF_MINIPROGRAMS
    if not set(info.split(",")) <= known:
        numbers = "、".join(sorted(known, key=int))
        raise Refused(f"revoke_info 应为 {numbers} 中的一个，或用逗号隔开的几个。")


def _fields(visit: Visit, event: str, info: str) -> JsonObject:
    return {
        "MsgType": "event",
        "Event": event,
        "OpenID": visit.chat.openid,
        "UnionID": visit.person.unionid,
        "AppID": visit.account.app_id,
        "RevokeInfo": info,
        "PluginID": "",
        "OpenPID": "",
    }
