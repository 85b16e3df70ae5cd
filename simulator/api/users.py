"""Followers: one, up to a hundred, all; and the account's remark on one (protocol §5).

https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo
"""

from simulator.api.calls import OK, Call
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, objects, string
from simulator.state.chats import Chat
from simulator.state.people import OPENID_LENGTH, openid_of, unionid_of

PAGE = 10_000
BATCH = 100
REMARK_LENGTH = 30


def info(call: Call) -> JsonObject:
    return _described(chat_of(call, call.query.get("openid", "")))


def batch(call: Call) -> JsonObject:
    asked = objects(call.body, "user_list")
    if not 1 <= len(asked) <= BATCH:
        raise PlatformError(40032)
    return {"user_info_list": [_described(chat_of(call, string(user, "openid"))) for user in asked]}


def listed(call: Call) -> JsonObject:
    followers = [openid for openid, chat in call.desk.chats.items() if chat.following]
    page = page_of(call, followers, call.query.get("next_openid", ""), PAGE)
    return {"total": len(followers), **told(page, PAGE)}


def remark(call: Call) -> JsonObject:
    chat = chat_of(call, string(call.body, "openid"))
    text = call.body.get("remark")
    if not isinstance(text, str) or len(text) >= REMARK_LENGTH:
        raise PlatformError(40092)
    if not chat.following:
        raise PlatformError(43004)
    chat.remark = text
    return OK


def page_of(call: Call, openids: list[str], after: str, size: int) -> list[str]:
    """Those that come after one, who herself need not be among them any more."""
    if not after:
        return openids[:size]
    chat_of(call, after)
    if after in openids:
        start = openids.index(after) + 1
        return openids[start : start + size]
    everybody = list(call.desk.chats)
    later = set(everybody[everybody.index(after) :])
    return [openid for openid in openids if openid in later][:size]


def told(page: list[str], size: int) -> JsonObject:
    """A full page names the next one even when nothing follows: then the next has no `data`."""
    data: JsonObject = {"data": {"openid": page}} if page else {}
    return {"count": len(page), **data, "next_openid": page[-1] if len(page) == size else ""}


def chat_named(call: Call, weixin_id: str) -> Chat | None:
    """The person's chat, by the name she is found by in WeChat."""
    people = call.platform.world.people.values()
    pid = next((person.id for person in people if person.weixin_id == weixin_id), "")
    return call.desk.chats.get(openid_of(call.desk.app_id, pid)) if pid else None


def chat_of(call: Call, openid: str, foreign: int = 40003) -> Chat:
    """Raises 40003, or `foreign` for an openid that looks like one but belongs to somebody else's account."""
    chat = call.desk.chats.get(openid)
    if chat is None:
        raise PlatformError(foreign if len(openid) == OPENID_LENGTH else 40003)
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
        "remark": chat.remark,
        "groupid": chat.tags[0] if chat.tags else 0,
        "tagid_list": chat.tags,
        "subscribe_scene": chat.subscription.scene,
        "qr_scene": chat.subscription.qr_scene,
        "qr_scene_str": chat.subscription.qr_scene_str,
    }
