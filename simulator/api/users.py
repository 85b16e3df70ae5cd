"""Followers: one, up to a hundred, all (protocol §5).

https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo
"""

from itertools import dropwhile, islice

from simulator.api.calls import Call
from simulator.chats import Chat
from simulator.errors import PlatformError
from simulator.people import unionid_of
from simulator.shapes import JsonObject, objects, string

PAGE = 10_000
BATCH = 100


def info(call: Call) -> JsonObject:
    return _described(_chat(call, call.query.get("openid", "")))


def batch(call: Call) -> JsonObject:
    asked = objects(call.body, "user_list")
    if not 1 <= len(asked) <= BATCH:
        raise PlatformError(40032)
    return {"user_info_list": [_described(_chat(call, string(user, "openid"))) for user in asked]}


def listed(call: Call) -> JsonObject:
    """A full page names the next one even when nothing follows: then the next has no `data`."""
    followers = [openid for openid, chat in call.desk.chats.items() if chat.following]
    page = _page(call, followers)
    answer: JsonObject = {"total": len(followers), "count": len(page)}
    if page:
        answer["data"] = {"openid": page}
    return answer | {"next_openid": page[-1] if len(page) == PAGE else ""}


def _page(call: Call, followers: list[str]) -> list[str]:
    after = call.query.get("next_openid", "")
    if not after:
        return followers[:PAGE]
    _chat(call, after)
    rest = dropwhile(lambda openid: openid != after, followers)
    return list(islice(rest, 1, PAGE + 1))


def _chat(call: Call, openid: str) -> Chat:
    chat = call.desk.chats.get(openid)
    if chat is None:
        raise PlatformError(40003)
    return chat


def _described(chat: Chat) -> JsonObject:
    """Nickname, picture, sex and region are no longer told; of a stranger nothing at all."""
    if not chat.following:
        return {"subscribe": 0, "openid": chat.openid}
    return {
        "subscribe": 1,
        "openid": chat.openid,
        "language": "",
        "subscribe_time": int(chat.subscription.at),
        "unionid": unionid_of(chat.pid),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": chat.subscription.scene,
        "qr_scene": chat.subscription.qr_scene,
        "qr_scene_str": chat.subscription.qr_scene_str,
    }
