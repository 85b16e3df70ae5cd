"""Tags that the account puts on its followers, and the rules for their names (protocol §5).

https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_createtag
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from simulator.errors import PlatformError
from simulator.state.chats import Chat

NAME_LENGTH = 30
TAGS_AT_MOST = 100
TAGS_OF_ONE = 20
FIRST_OWN = 100
TOO_MANY_TO_DELETE = 100_000
SYSTEM = {0: "未分组", 1: "黑名单", 2: "星标组"}


@dataclass(slots=True)
class Tag:
    id: int
    name: str


def first_tags() -> dict[str, Tag]:
    """The one system tag that is listed; 0 and 1 only keep their numbers."""
    return {"2": Tag(2, SYSTEM[2])}


def check_name(name: str, tags: Iterable[Tag]) -> None:
    """Raises 45158 when it is too long and 45157 when it is taken or no name."""
    if len(name) > NAME_LENGTH:
        raise PlatformError(45158)
    taken = {tag.name for tag in tags} | set(SYSTEM.values())
    if not name.strip() or name in taken:
        raise PlatformError(45157)


def counted(chats: Iterable[Chat]) -> Counter[int]:
    """Followers per tag."""
    return Counter(tag_id for chat in chats if chat.tags and chat.following for tag_id in chat.tags)


def members(chats: Iterable[Chat], tag_id: int) -> list[str]:
    """The openids of the followers with that tag."""
    return [chat.openid for chat in chats if tag_id in chat.tags and chat.following]


def take_off(chats: Iterable[Chat], tag_id: int) -> None:
    for chat in chats:
        if tag_id in chat.tags:
            chat.tags.remove(tag_id)
