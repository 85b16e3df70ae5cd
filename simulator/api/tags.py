"""Tags of an official account: made, renamed, deleted, put on people and taken off (protocol §5).

https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_createtag
"""

from simulator.api.calls import OK, Call
from simulator.api.users import chat_of, page_of, told
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, integer, mapping, string, strings
from simulator.state.chats import Chat
from simulator.state.tags import (
    FIRST_OWN,
    SYSTEM,
    TAGS_AT_MOST,
    TAGS_OF_ONE,
    TOO_MANY_TO_DELETE,
    Tag,
    check_name,
    counted,
    members,
    take_off,
)

BATCH = 50
PAGE = 10_000


def create(call: Call) -> JsonObject:
    desk = call.desk
    name = string(mapping(call.body, "tag"), "name")
    check_name(name, desk.tags.values())
    if sum(tag.id >= FIRST_OWN for tag in desk.tags.values()) >= TAGS_AT_MOST:
        raise PlatformError(45056)
    desk.last_tag += 1
    tag = desk.tags[str(desk.last_tag)] = Tag(desk.last_tag, name)
    return {"tag": {"id": tag.id, "name": tag.name}}


def listed(call: Call) -> JsonObject:
    counts = counted(call.desk.chats.values())
    return {"tags": [{"id": tag.id, "name": tag.name, "count": counts[tag.id]} for tag in call.desk.tags.values()]}


def update(call: Call) -> JsonObject:
    asked = mapping(call.body, "tag")
    tag = _own(call, integer(asked, "id"))
    check_name(string(asked, "name"), (other for other in call.desk.tags.values() if other is not tag))
    tag.name = string(asked, "name")
    return OK


def delete(call: Call) -> JsonObject:
    tag = _own(call, integer(mapping(call.body, "tag"), "id"))
    chats = call.desk.chats.values()
    if counted(chats)[tag.id] > TOO_MANY_TO_DELETE:
        raise PlatformError(45057)
    take_off(chats, tag.id)
    del call.desk.tags[str(tag.id)]
    return OK


def followers(call: Call) -> JsonObject:
    """user/tag/get."""
    tag = _any(call, integer(call.body, "tagid"))
    openids = members(call.desk.chats.values(), tag.id)
    return told(page_of(call, openids, string(call.body, "next_openid"), PAGE), PAGE)


def of_one(call: Call) -> JsonObject:
    return {"tagid_list": chat_of(call, string(call.body, "openid")).tags}


def put_on(call: Call) -> JsonObject:
    """All or nobody when one of them carries too many tags already; who does not follow is left out and named."""
    tag, chats = _asked(call)
    followers = [chat for chat in chats if chat.following]
    if any(tag.id not in chat.tags and len(chat.tags) >= TAGS_OF_ONE for chat in followers):
        raise PlatformError(45059)
    for chat in followers:
        if tag.id not in chat.tags:
            chat.tags.append(tag.id)
    return _done(chats)


def take_from(call: Call) -> JsonObject:
    tag, chats = _asked(call)
    take_off((chat for chat in chats if chat.following), tag.id)
    return _done(chats)


def _done(chats: list[Chat]) -> JsonObject:
    strangers = [chat.openid for chat in chats if not chat.following]
    return PlatformError(45171).answer() | {"fail_openid_list": strangers} if strangers else OK


def _asked(call: Call) -> tuple[Tag, list[Chat]]:
    openids = strings(call.body, "openid_list")
    if not 1 <= len(openids) <= BATCH:
        raise PlatformError(40032)
    tag = _any(call, integer(call.body, "tagid"))
    chats = [chat_of(call, openid, foreign=49003) for openid in openids]
    if call.platform.world.settings.tags_busy:
        raise PlatformError(45169)
    return tag, chats


def _any(call: Call, tag_id: int | None) -> Tag:
    tag = call.desk.tags.get(str(tag_id))
    if tag is None:
        raise PlatformError(45159)
    return tag


def _own(call: Call, tag_id: int | None) -> Tag:
    if tag_id in SYSTEM:
        raise PlatformError(45058)
    return _any(call, tag_id)
